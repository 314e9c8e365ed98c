import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.js';
import type { HostEnvironment } from './docker-config.js';
import { connectEngine } from './engine.js';

async function connected(url: string, environment: HostEnvironment = {}, versions = {}) {
  const address = parseAddress(url, { origin: 'a test', explicit: true });
  if (address === undefined) throw new Error('no address');
  const found = { ok: true, describe: 'x', version: '1', apiVersion: '1.45', minApiVersion: '1.24', address } as const;
  const engine = await connectEngine({ ...found, ...versions }, environment);
  engine.close();
  return engine;
}

describe('connectEngine', () => {
  it('reaches the ports of an engine elsewhere at the host of the engine', async () => {
    const elsewhere = await connected('tcp://192.0.2.7:2375');
    expect(elsewhere).toMatchObject({ bindAddress: '0.0.0.0', host: '192.0.2.7', local: false });
    expect(await connected('ssh://user@192.0.2.7')).toMatchObject({ host: '192.0.2.7', local: false });
    expect(await connected('tcp://[2001:db8::7]:2375')).toMatchObject({ host: '2001:db8::7', local: false });
  });

  it('reaches them where TESTCONTAINERS_HOST_OVERRIDE says, by its literal address', async () => {
    const environment = { TESTCONTAINERS_HOST_OVERRIDE: '192.0.2.9' };
    expect(await connected('unix:///var/run/docker.sock', environment)).toMatchObject({
      bindAddress: '0.0.0.0',
      host: '192.0.2.9',
      local: true,
    });
    expect(await connected('tcp://192.0.2.7', environment)).toMatchObject({ host: '192.0.2.9', local: false });
  });

  it.each([
    ['1.60', '1.24', '1.47', '1.48'],
    ['1.43', '1.24', '1.43', '1.44'],
    ['1.60', '1.50', '1.50', '1.51'],
  ])('speaks with an engine of API %s, which takes %s and later, the version %s', async (api, min, spoken, not) => {
    const engine = await connected('tcp://192.0.2.7', {}, { apiVersion: api, minApiVersion: min });
    expect([engine.speaks(spoken), engine.speaks(not)]).toEqual([true, false]);
  });
});

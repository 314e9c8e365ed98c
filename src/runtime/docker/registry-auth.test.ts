import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registryAuth, registryOf } from './registry-auth.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-auth-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** An engine whose default registry is this one. */
const engine = { info: async () => ({ IndexServerAddress: 'https://default.test/v1/' }) };

function auth(image: string, config: object) {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return registryAuth(image, engine, { DOCKER_CONFIG: folder });
}

/** A credential helper that knows one registry, as Docker's protocol has it. */
function helper(name: string, registry: string, answer: object): void {
  const path = join(folder, `docker-credential-${name}`);
  const script = `#!/bin/sh\nread address\n[ "$1 $address" = "get ${registry}" ] || { echo no credentials; exit 1; }\necho '${JSON.stringify(answer)}'\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

describe('registryOf', () => {
  it('gives the host that the name begins with, else none', () => {
    const images = ['redis', 'library/redis:7', 'one.test/a/b:1', 'localhost/x', 'host:5000/x', 'team/app'];
    expect(images.map(registryOf)).toEqual([undefined, undefined, 'one.test', 'localhost', 'host:5000', undefined]);
  });
});

describe('registryAuth', () => {
  it('reads what `docker login` stored in the configuration, also for the default registry', async () => {
    const config = {
      auths: {
        'https://default.test/v1/': { auth: Buffer.from('me:pa:ss').toString('base64') },
        'https://one.test': { identitytoken: 'token' },
      },
    };
    expect(await auth('redis:7', config)).toEqual({
      serveraddress: 'https://default.test/v1/',
      username: 'me',
      password: 'pa:ss',
    });
    expect(await auth('one.test/x', config)).toEqual({ serveraddress: 'one.test', identitytoken: 'token' });
    expect(await auth('two.test/x', config)).toBeUndefined();
  });

  it('asks the credential helper of the registry, or the one for all', async () => {
    helper('one', 'one.test', { ServerURL: 'one.test', Username: 'me', Secret: 'secret' });
    helper('all', 'two.test', { ServerURL: 'two.test', Username: '<token>', Secret: 'abc' });
    const config = { credHelpers: { 'one.test': 'one' }, credsStore: 'all' };
    expect(await auth('one.test/x', config)).toEqual({ serveraddress: 'one.test', username: 'me', password: 'secret' });
    expect(await auth('two.test/x', config)).toEqual({ serveraddress: 'two.test', identitytoken: 'abc' });
    expect(await auth('redis', config)).toBeUndefined();
  });

  it('gives nothing when there is no configuration, or the helper is not installed', async () => {
    expect(await registryAuth('one.test/x', engine, { DOCKER_CONFIG: join(folder, 'none') })).toBeUndefined();
    expect(await auth('one.test/x', { credsStore: 'not-installed' })).toBeUndefined();
  });
});

import { expect, it } from 'vitest';
import type { IsolationHost } from '../isolator.js';
import { redisDatabaseIsolator } from './database.js';
import { redisServerIsolator } from './server.js';

const signal = new AbortController().signal;

/** A service that has not been started: it is refused before anything is asked of it. */
function hostOf(definition: object): IsolationHost {
  const planned = {
    name: 'cache',
    definition: {
      name: 'cache',
      kind: 'redis',
      image: 'redis:7',
      container: {},
      aliases: [],
      networks: [],
      ...definition,
    },
  };
  return { service: planned, services: [planned], addressing: 'network' } as unknown as IsolationHost;
}

it.each([
  [{ command: ['redis-server', '--replicaof', 'primary', '6379'] }],
  [{ command: ['redis-server', '--replicaof primary 6379'] }],
  [{ command: ['redis-server', '--slaveof primary 6379'] }],
  [{ command: ['sh', '-c', 'sleep 1 && exec redis-server --SLAVEOF primary 6379'] }],
  [{ entrypoint: ['valkey-server', '--replicaof', 'primary 6379'] }],
  [{ embedded: { command: ['redis-server', '--replicaof', 'primary', '6379'], cwd: '/', environment: {} } }],
])('is no leased server: %j', async (definition) => {
  const refusal = {
    code: 'LEASE_UNSUPPORTED',
    message: expect.stringContaining('it is a replica of another'),
    hint: expect.stringContaining('portside.isolation: none'),
    service: 'cache',
  };
  for (const make of [redisServerIsolator, redisDatabaseIsolator]) {
    const isolator = make(hostOf(definition));
    await expect(isolator.prepare(signal)).rejects.toMatchObject(refusal);
    await expect(isolator.create('abcdefghij', {}, signal)).rejects.toMatchObject(refusal);
    await isolator.close();
  }
});

it.each([
  [{ command: ['redis-server', '--replicaof', 'no', 'one'] }],
  [{ command: ['redis-server', '--replica-read-only', 'no', '--requirepass', 'replicaof'] }],
])('is a server of its own: %j', async (definition) => {
  const isolator = redisDatabaseIsolator(hostOf(definition));
  await expect(isolator.prepare(signal)).resolves.toBeUndefined();
  await isolator.close();
});

import { expect, it } from 'vitest';
import type { ServiceDefinition } from '../../../model/index.js';
import { serverCommand } from './command.js';

function commandOf(more: Partial<ServiceDefinition>): readonly string[] | undefined {
  return serverCommand({ name: 'cache', kind: 'redis', image: 'redis:7', container: {}, ...more } as ServiceDefinition);
}

const start = 'docker-entrypoint.sh';

it.each([
  [{}, [start, 'redis-server']],
  [{ image: 'valkey/valkey:8-alpine' }, [start, 'valkey-server']],
  [{ image: `registry.example:5000/library/redis@sha256:${'0a'.repeat(32)}` }, [start, 'redis-server']],
  [{ command: ['--requirepass', 'x'] }, [start, 'redis-server', '--requirepass', 'x']],
  [{ command: ['/etc/redis.conf', '--save', ''] }, [start, 'redis-server', '/etc/redis.conf', '--save', '']],
  [{ command: ['redis-server', '--save', ''] }, [start, 'redis-server', '--save', '']],
  [
    { command: ['sh', '-c', 'redis-server --requirepass "$PASSWORD"'] },
    [start, 'sh', '-c', 'exec redis-server --requirepass "$PASSWORD" "$@"', 'server'],
  ],
  [{ entrypoint: ['/usr/local/bin/docker-entrypoint.sh'], command: ['redis-server'] }, [start, 'redis-server']],
  [{ entrypoint: ['redis-server', '--save', ''], command: [] }, ['redis-server', '--save', '']],
])('starts a server of %j', (more, words) => {
  expect(commandOf(more)).toEqual(words);
});

it.each<Partial<ServiceDefinition>>([
  { image: 'redis/redis-stack-server:7.2.0-v9' },
  { image: 'docker.dragonflydb.io/dragonflydb/dragonfly' },
  { build: { context: '.', args: {} } },
  { command: ['sh', '-c', 'redis-server & redis-cli ping; wait'] },
  { command: ['redis-sentinel', '/etc/sentinel.conf'] },
  { command: ['redis-server', '--tls-port', '6390', '--port', '0'] },
  { entrypoint: ['/start.sh'] },
  { container: { networkMode: 'host' } },
])('leaves %j a container for each server', (more) => {
  expect(commandOf(more)).toBeUndefined();
});

import { expect, it } from 'vitest';
import type { PlannedService } from '../../model/index.js';
import { namedNumbers } from './named-numbers.js';

function planned(name: string, definition: object = {}): PlannedService {
  return { name, definition: { aliases: [], networks: [], container: {}, ...definition } } as unknown as PlannedService;
}

it('finds the databases of a service that the URLs of others name', () => {
  const cache = planned('cache', { aliases: ['Store'] });
  const worker = planned('worker', {
    environment: {
      BROKER_URL: 'redis://cache:6379/1',
      RESULTS: 'rediss://:secret@store/2?ssl_cert_reqs=none',
      HOSTS: 'redis://cache:6379/7,redis://other/8',
      PLAIN: 'redis://cache:6379',
      PATH_LIKE: 'http://cache:6379/9',
    },
    embedded: {
      command: ['node', 'x.js', '--queue=redis://app:s%40@cache/4'],
      environment: { JOBS: 'redis://cache/5' },
    },
    command: ['celery', '-b', 'redis://cache/3'],
    entrypoint: ['sh', '-c', 'wait redis://cache/6; exec "$@"'],
  });
  expect([...namedNumbers(cache, [cache, worker])].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(namedNumbers(worker, [cache, worker]).size).toBe(0);
});

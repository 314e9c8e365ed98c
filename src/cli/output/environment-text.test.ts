import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';
import { environmentText } from './environment-text.js';

test('environmentText shows what runs and who holds it', () => {
  const text = environmentText(
    {
      environment: {
        key: 'k',
        project: 'shop',
        runtime: 'docker',
        directory: '/home/me/shop',
        state: 'ready',
        agent: { pid: 42 },
      },
      services: [],
      leases: [],
      sessions: [
        { id: 'a', client: 'up', pid: 1, since: 0, detached: true },
        { id: 'b', client: 'vitest', pid: 7, since: 4000, detached: false },
      ],
    },
    { cwd: '/home/me', colors: colorsFor({}, {}), now: 5000 },
  );
  expect(text.split('\n').at(0)).toBe('shop: ready, runtime docker, in shop, agent 42');
  expect(text.split('\n').at(-1)).toBe('held by: up (until portside down, 5.0 s); vitest (pid 7, 1.0 s)');
});

test('environmentText says of an environment without agent and holders that it is kept warm, and of unknown holders', () => {
  const environment = {
    key: 'k',
    project: 'shop',
    runtime: 'docker',
    directory: '/shop',
    state: 'ready',
    agent: null,
  } as const;
  const lastLine = (sessions: readonly object[]) =>
    environmentText(
      { environment, services: [], leases: [], sessions } as unknown as Parameters<typeof environmentText>[0],
      {
        cwd: '/',
        colors: colorsFor({}, {}),
        now: 5000,
      },
    ).split('\n');
  expect(lastLine([]).at(0)).toBe('shop: ready, runtime docker, in shop');
  expect(lastLine([]).at(-1)).toBe('held by: nobody, kept warm');
  expect(lastLine([{ id: 'a', client: 'x', pid: null, since: 0, detached: false }]).at(-1)).toContain('pid unknown');
});

import { expect, test } from 'vitest';
import { worker } from '../../../test/support/service-definition.js';
import type { Credentials, PlannedService } from '../../model/index.js';
import { commandFor } from './exec.js';
import type { Form } from './form.js';
import type { ServiceContext } from './launcher.js';

function contextOf(credentials: Credentials | undefined, targets: readonly number[] = [5432]): ServiceContext {
  const definition = worker('db', credentials === undefined ? {} : { credentials });
  return {
    service: { name: 'db', definition } as unknown as PlannedService,
    folder: '/folder',
    base: { PATH: '/bin' },
    files: { translate: (text: string) => text.replace('/inside', '/host') },
    ownPort: (target: number) => (target === 5432 ? 21_001 : undefined),
    targets,
    rewriteWords: (words: readonly string[]) => [...words],
    environment: () => ({ A: '1' }),
  } as unknown as ServiceContext;
}

const postgres = { type: 'postgres' } as Form;
const redis = { type: 'redis' } as Form;
const own = { type: 'kind' } as Form;

test('a command gets the real addresses, paths and login of its service', () => {
  const { words, cwd, env } = commandFor(
    ['psql', '-h', 'localhost:5432', '/inside/a.sql'],
    postgres,
    contextOf({ user: 'u', password: 'p', database: 'd' }),
  );
  expect({ words, cwd }).toEqual({ words: ['psql', '-h', 'localhost:21001', '/host/a.sql'], cwd: '/folder' });
  expect(env).toEqual({
    ...{ PATH: '/bin', A: '1', PGHOST: '127.0.0.1', PGPORT: '21001' },
    ...{ PGUSER: 'u', PGPASSWORD: 'p', PGDATABASE: 'd' },
  });
});

test('what is not known of a login is what the server takes for it', () => {
  const { env } = commandFor(['psql'], postgres, contextOf(undefined, []));
  expect(env).toEqual({ PATH: '/bin', A: '1', PGHOST: '127.0.0.1', PGUSER: 'postgres', PGDATABASE: 'postgres' });
  expect(commandFor(['psql'], postgres, contextOf({ user: 'u' })).env).toMatchObject({ PGDATABASE: 'u' });
});

test('clients of Redis get its password, those of other kinds nothing', () => {
  expect(commandFor(['redis-cli'], redis, contextOf({ password: 'p' })).env).toMatchObject({ REDISCLI_AUTH: 'p' });
  expect(commandFor(['redis-cli'], redis, contextOf({})).env).toEqual({ PATH: '/bin', A: '1' });
  expect(commandFor(['search'], own, contextOf({ password: 'p' })).env).toEqual({ PATH: '/bin', A: '1' });
});

test('node is the Node that portside runs on', () => {
  const form = {
    type: 'process',
    command: { command: ['node'], cwd: '/srv', environment: { B: '2' } },
  } as unknown as Form;
  const { words, cwd, env } = commandFor(['node', 'x.js'], form, contextOf(undefined));
  expect({ words, cwd }).toEqual({ words: [process.execPath, 'x.js'], cwd: '/srv' });
  expect(env).toMatchObject({ A: '1', B: '2' });
});

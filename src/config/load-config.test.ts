import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { PortsideError, ServiceDefinition } from '../model/index.js';
import { loadConfig } from './load-config.js';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'portside-config-'));
  folders.push(folder);
  for (const [name, content] of Object.entries({ '.git/HEAD': '', ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function load(cwd: string, configFile?: string) {
  const state = join(cwd, '.state');
  return loadConfig({ cwd, environment: { PORTSIDE_STATE_DIR: state }, ...(configFile && { configFile }) });
}

async function loadText(text: string, name = 'portside.config.ts') {
  const folder = project({ [name]: text });
  return { folder, loaded: await load(folder) };
}

async function failureOf(value: unknown): Promise<PortsideError> {
  const folder = project({ 'portside.config.json': JSON.stringify(value) });
  return load(folder).then(
    () => expect.unreachable('the configuration was accepted'),
    (error: PortsideError) => error,
  );
}

function service(loaded: Awaited<ReturnType<typeof load>>, name: string): ServiceDefinition | undefined {
  return loaded?.services.find((candidate) => candidate.name === name);
}

const example = `
import { defineEnvironment, compose, postgres, redis, api, service, testcontainer } from 'portside';

interface Typed { readonly works: true }

export default defineEnvironment({
  keepWarm: '5m',
  startTimeout: 5000,
  leases: { scope: 'worker', pool: { max: 4 }, queueTimeout: '10s' },
  services: {
    ...compose('./compose/stack.yaml', { profiles: ['debug'], envFiles: ['test.env'] }),
    ...compose(['a.yaml', 'b.yaml'], { projectDirectory: 'sub' }),
    'postgres-primary': postgres({ image: 'postgres:16-alpine', user: 'shop', migrations: './migrations', seed: 'seed.sql', durable: true }),
    cache: redis({ password: 'secret', isolation: 'database' }),
    kafka: testcontainer(() => ({ start: () => Promise.reject(new Error('not started here')) })),
    mail: service({ image: 'mailpit', ports: [1025, 8025], volumes: ['./mail:/data:ro'] }),
    job: service({ build: { context: './job', target: 'test' }, command: ['run'] }),
    api: api({
      build: './fixtures/api', port: 8080, health: '/health', needs: ['postgres-primary', 'cache'],
      env: ({ 'postgres-primary': db, cache }) => ({ DATABASE_URL: db.url, REDIS_URL: cache.url }),
      embedded: { command: 'node server.js', cwd: './fixtures/api' },
    }),
  } satisfies Record<string, unknown>,
});`;

describe('loadConfig', () => {
  it('gives nothing where there is no configuration file', async () => {
    expect(await load(project({}))).toBeUndefined();
  });

  it('reads a whole TypeScript file, with portside not installed beside it', async () => {
    const folder = project({
      'portside.config.ts': example,
      'migrations/002_more.sql': '',
      'migrations/001_init.sql': '',
      'migrations/001_init.down.sql': '',
      'migrations/003/migration.sql': '',
      'migrations/README.md': '',
      'seed.sql': '',
    });
    const loaded = await load(folder);
    expect(loaded).toMatchObject({
      file: join(folder, 'portside.config.ts'),
      directory: folder,
      hasServices: true,
      settings: {
        keepWarmMs: 300_000,
        startTimeoutMs: 5000,
        leases: { scope: 'worker', poolMax: 4, queueTimeoutMs: 10_000 },
      },
    });
    expect(loaded?.compose).toEqual([
      { files: [join(folder, 'compose/stack.yaml')], profiles: ['debug'], envFiles: [join(folder, 'test.env')] },
      { files: [join(folder, 'a.yaml'), join(folder, 'b.yaml')], projectDirectory: join(folder, 'sub') },
    ]);
    expect(loaded?.services.map(({ name, kind }) => [name, kind])).toEqual([
      ['postgres-primary', 'postgres'],
      ['cache', 'redis'],
      ['kafka', 'tcp'],
      ['mail', 'tcp'],
      ['job', 'worker'],
      ['api', 'http'],
    ]);
    expect(service(loaded, 'postgres-primary')).toMatchObject({
      image: 'postgres:16-alpine',
      ports: [{ target: 5432, protocol: 'tcp' }],
      credentials: { user: 'shop' },
      lease: { durable: true },
      position: { file: join(folder, 'portside.config.ts') },
    });
    expect(service(loaded, 'cache')).toMatchObject({
      image: 'redis:7-alpine',
      command: ['redis-server', '--requirepass', 'secret'],
      credentials: { password: 'secret' },
      lease: { isolation: 'database' },
    });
    expect(service(loaded, 'kafka')).toMatchObject({ ports: [], foreign: expect.any(Function) });
    expect(service(loaded, 'mail')).toMatchObject({
      ports: [{ target: 1025 }, { target: 8025 }],
      mounts: [{ type: 'bind', source: join(folder, 'mail'), target: '/data', readOnly: true }],
    });
    expect(service(loaded, 'job')).toMatchObject({ build: { context: join(folder, 'job'), target: 'test', args: {} } });
    expect(service(loaded, 'api')).toMatchObject({
      build: { context: join(folder, 'fixtures/api') },
      dependsOn: [
        { service: 'postgres-primary', condition: 'service_healthy', required: true },
        { service: 'cache', condition: 'service_healthy', required: true },
      ],
      readiness: [{ type: 'http', port: 8080, path: '/health' }],
      embedded: { command: ['node', 'server.js'], cwd: join(folder, 'fixtures/api') },
    });
    const endpoints = { 'postgres-primary': { url: 'postgresql://x' }, cache: { url: 'redis://y' } };
    expect(service(loaded, 'api')?.environmentFrom?.(endpoints as never)).toEqual({
      DATABASE_URL: 'postgresql://x',
      REDIS_URL: 'redis://y',
    });
  });

  it('runs migrations in the order of their paths, then the seed, and never what undoes them', async () => {
    const folder = project({
      'portside.config.json': '{"services": {"db": {"type": "postgres", "seed": "seed.sql", "migrations": "m"}}}',
      'seed.sql': '',
      'm/2/up.sql': '',
      'm/2/up.down.sql': '',
      'm/1/up.sql': '',
      'm/3.sql.gz': '',
    });
    const mounts = service(await load(folder), 'db')?.mounts ?? [];
    expect(mounts.map((mount) => 'source' in mount && [mount.source, mount.target, mount.readOnly])).toEqual([
      [join(folder, 'm/1/up.sql'), '/docker-entrypoint-initdb.d/10_0001_up.sql', true],
      [join(folder, 'm/2/up.sql'), '/docker-entrypoint-initdb.d/10_0002_up.sql', true],
      [join(folder, 'm/3.sql.gz'), '/docker-entrypoint-initdb.d/10_0003_3.sql.gz', true],
      [join(folder, 'seed.sql'), '/docker-entrypoint-initdb.d/90_0001_seed.sql', true],
    ]);
  });

  it.each(['js', 'mjs', 'mts'])('reads an ES module with the ending .%s', async (ending) => {
    const text = "import { redis } from 'portside/config';\nexport default { services: { cache: redis() } };";
    const { loaded } = await loadText(text, `portside.config.${ending}`);
    expect(loaded?.services).toMatchObject([{ name: 'cache', kind: 'redis' }]);
  });

  it('reads a CommonJS file', async () => {
    const { loaded } = await loadText("module.exports = { runtime: 'embedded' };", 'portside.config.cjs');
    expect(loaded).toMatchObject({ hasServices: false, settings: { runtime: 'embedded' } });
  });

  it('reads JSON, with keys in snake case, options beside their type, and Compose files', async () => {
    const text = JSON.stringify({
      keep_warm: '1m',
      compose_file: 'stack.yaml',
      profiles: ['debug'],
      services: { cache: { type: 'redis', password: 'x' }, mail: { type: 'service', options: { image: 'mailpit' } } },
    });
    const { folder, loaded } = await loadText(text, 'portside.config.json');
    expect(loaded?.settings).toEqual({ keepWarmMs: 60_000 });
    expect(loaded?.compose).toEqual([{ files: [join(folder, 'stack.yaml')], profiles: ['debug'] }]);
    expect(loaded?.services).toMatchObject([{ credentials: { password: 'x' } }, { image: 'mailpit', kind: 'worker' }]);
  });

  it('takes from port_allocator what holds for environments too', async () => {
    const defaultRange = { start: 20_000, end: 20_999 };
    const section = { default_range: defaultRange, reserved_ports: [20_000], rate_limit: false };
    const { loaded } = await loadText(JSON.stringify({ port_allocator: section }), 'portside.config.json');
    expect(loaded?.settings).toEqual({ hostPorts: { defaultRange, reservedPorts: [20_000] } });
    expect(loaded?.sections.portAllocator).toEqual({ defaultRange, reservedPorts: [20_000], rateLimit: false });
  });

  it('reads a file anew when it has changed', async () => {
    const folder = project({ 'portside.config.ts': "export default { runtime: 'docker' as const };" });
    expect((await load(folder))?.settings).toEqual({ runtime: 'docker' });
    writeFileSync(join(folder, 'portside.config.ts'), "export default { runtime: 'embedded' as const };");
    expect((await load(folder))?.settings).toEqual({ runtime: 'embedded' });
  });

  it('keeps compiled files where nobody else may write', async () => {
    const { folder } = await loadText('export default {};');
    expect(statSync(join(folder, '.state')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, '.state/jiti')).isDirectory()).toBe(true);
  });
});

describe('a configuration that cannot be used', () => {
  it('is reported with every problem, its key, its value and the nearest known key', async () => {
    const error = await failureOf({
      runtme: 'docker',
      runtime: 'dokcer',
      keepWarm: 'soon',
      services: {
        cache: { type: 'redis', pasword: 'x' },
        api: { type: 'api', image: 'x', port: '80', build: { context: '.', dockerfle: 'y' }, needs: 'cache' },
        db: { type: 'posgres' },
      },
    });
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      position: { file: expect.stringMatching(/portside\.config\.json$/) },
    });
    expect(error.errors.map(({ message, hint }) => `${message} ${hint}`).sort()).toEqual([
      'Cannot use keepWarm: it must be a duration such as 30s, 5m or 1m30s, or milliseconds. Current value is "soon". See docs/configuration.md for what a configuration file may say.',
      'Cannot use runtime: it must be one of auto, docker, embedded. Current value is "dokcer". Did you mean \'docker\'?',
      "Cannot use runtme: it is not known. Did you mean 'runtime'?",
      "Cannot use services.api.build.dockerfle: it is not known. Did you mean 'dockerfile'?",
      'Cannot use services.api.needs: it must be a list of texts. Current value is "cache". See docs/configuration.md for what a configuration file may say.',
      'Cannot use services.api.port: it must be a port, 1 to 65535. Current value is "80". See docs/configuration.md for what a configuration file may say.',
      "Cannot use services.cache.pasword: it is not known. Did you mean 'password'?",
      'Cannot use services.db.type: it must be made by postgres(), redis(), api(), service(), testcontainer() or a kind; ...compose() is spread into the services. Current value is "posgres". See docs/configuration.md for what a configuration file may say.',
    ]);
  });

  it.each([
    [{ services: { a: { type: 'api', port: 80 } } }, 'services.a: it must have an "image", a "build" or an "embedded"'],
    [{ services: { a: { type: 'api', image: 'x' } } }, 'services.a.port: it must be a port'],
    [{ services: { 'a b': { type: 'redis' } } }, 'services.a b: it must be made of letters'],
    [{ services: { a: { type: 'redis', env: { A: 1 } } } }, 'services.a.env.A: it must be a text. Current value is 1.'],
    [{ services: [] }, 'services: it must be an object of services by name'],
    [{ profiles: ['x'] }, 'the default export: it must have a "composeFile" where'],
    [{ keep_warm: -1 }, 'keepWarm: it must be a duration'],
    [[], 'the default export: it must be an object, made by defineEnvironment()'],
    [{ services: { db: { type: 'postgres', migrations: 'none' } } }, 'services.db.migrations: there is no such file'],
    [{ services: { db: { type: 'postgres', seed: '.git' } } }, 'services.db.seed: the folder holds no .sql'],
    [
      { services: { a: { type: 'redis', advertise: { URL: '{host}:{ports.1}' } } } },
      'services.a.advertise.URL: "{ports.1}" stands for nothing',
    ],
    [{ services: { a: { type: 'redis', volumes: ['x'] } } }, 'services.a.volumes: each must be HOST:CONTAINER'],
  ])('is refused: %j', async (value, message) => {
    const error = await failureOf(value);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', position: {}, message: expect.stringContaining(message) });
  });

  it('is refused for kinds that defineKind has not made', async () => {
    const messageOf = async (value: unknown) => {
      const { message, errors } = await failureOf(value);
      return [message, ...errors.map((error) => error.message)].join(' ');
    };
    expect(await messageOf({ kinds: ['search'] })).toContain('Cannot use kinds.0: it must be made by defineKind().');
    const spec = { type: 'kind', kind: 'search', options: {} };
    expect(await messageOf({ services: { index: spec } })).toContain(
      'services.index.kind: it must be made by defineKind().',
    );
  });

  it('never shows a password', async () => {
    const error = await failureOf({ services: { cache: { type: 'redis', password: 123456 } } });
    expect(JSON.stringify(error)).not.toContain('123456');
  });

  it('is refused for what it tells compose()', async () => {
    const text =
      "import { compose } from 'portside';\nexport default { services: { ...compose([], { profile: ['x'] }) } };";
    await expect(loadText(text, 'portside.config.js')).rejects.toMatchObject({
      errors: [
        { message: expect.stringContaining('compose(...).files: it must not be empty') },
        { message: expect.stringContaining('compose(...).profile: it is not known'), hint: "Did you mean 'profiles'?" },
      ],
    });
  });

  it('may say of its own what is wrong, as kinds do', async () => {
    const text =
      "import { PortsideError } from 'portside';\nthrow new PortsideError('CONFIG_INVALID', 'No stage.', { hint: 'Set STAGE.' });";
    await expect(loadText(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'No stage.',
      hint: 'Set STAGE.',
    });
  });

  it.each([
    ['syntax', 'export default {', /Cannot load .*portside\.config\.ts: /],
    ['a failure while it runs', 'throw new Error("no luck"); export default {};', /portside\.config\.ts: no luck/],
    ['a missing module', "import 'missing-module'; export default {};", /missing-module/],
  ])('is refused for %s, with the file', async (_, text, message) => {
    await expect(loadText(text)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
      position: { file: expect.stringMatching(/portside\.config\.ts$/) },
    });
  });

  it('is refused when the file that was named does not exist', async () => {
    const folder = project({});
    await expect(load(folder, 'other.config.json')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(join(folder, 'other.config.json')),
    });
    await expect(load(folder, 'other.config.ts')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(join(folder, 'other.config.ts')),
    });
  });
});

describe('settings and services in JSON', () => {
  const loadJson = async (value: object) => load(project({ 'portside.config.json': JSON.stringify(value) }));

  it('takes every setting over in the units of the model', async () => {
    const loaded = await loadJson({
      composeFile: ['a.yaml', 'b.yaml'],
      profiles: ['x'],
      envFiles: ['v.env'],
      ...{ runtime: 'embedded', ports: 'prefer', keepWarm: '1m', startTimeout: 5, snapshots: false },
      leases: { scope: 'worker', pool: { min: 1, max: 2 }, maxActive: 3, queueTimeout: '1s' },
    });
    expect(loaded?.settings).toEqual({
      ...{ runtime: 'embedded', ports: 'prefer', keepWarmMs: 60_000, startTimeoutMs: 5, snapshots: false },
      leases: { scope: 'worker', poolMin: 1, poolMax: 2, maxActive: 3, queueTimeoutMs: 1000 },
    });
    expect(loaded?.compose).toMatchObject([
      { files: [expect.stringMatching(/a\.yaml$/), expect.stringMatching(/b\.yaml$/)], profiles: ['x'] },
    ]);
    expect((await loadJson({ leases: { pool: {} } }))?.settings).toEqual({ leases: {} });
  });

  it('gives servers the image and command that they need, unless they bring their own', async () => {
    const loaded = await loadJson({
      services: {
        cache: {
          type: 'redis',
          options: { password: 'p', embedded: { command: ['redis-server', '--x'], cwd: 'sub' } },
        },
        own: { type: 'redis', options: { image: 'valkey/valkey:8', command: ['valkey-server'] } },
        built: { type: 'redis', options: { build: '.' } },
        db: { type: 'postgres', options: { migrate: 'npm run migrate' } },
        ready: { type: 'postgres', options: { image: 'own', migrate: { command: 'm', cwd: 'db', inputs: ['sql'] } } },
        api: { type: 'api', options: { image: 'api', port: 80 } },
        checked: { type: 'api', options: { image: 'api', port: 80, health: '/up' } },
      },
    });
    expect(service(loaded, 'cache')).toMatchObject({
      image: 'redis:7-alpine',
      command: ['redis-server', '--requirepass', 'p'],
      credentials: { password: 'p' },
      embedded: { command: ['redis-server', '--x'], cwd: expect.stringMatching(/[\\/]sub$/) },
    });
    expect(service(loaded, 'own')).toMatchObject({ image: 'valkey/valkey:8', command: ['valkey-server'] });
    expect(service(loaded, 'built')).not.toHaveProperty('image');
    expect(service(loaded, 'db')?.migration).toMatchObject({ type: 'command', command: 'npm run migrate', inputs: [] });
    expect(service(loaded, 'ready')?.migration).toMatchObject({
      command: 'm',
      cwd: expect.stringMatching(/[\\/]db$/),
      inputs: [expect.stringMatching(/[\\/]sql$/)],
    });
    expect(service(loaded, 'api')?.readiness).toEqual([{ type: 'http', port: 80, path: '/', maxStatus: 499 }]);
    expect(service(loaded, 'checked')?.readiness).toEqual([{ type: 'http', port: 80, path: '/up', maxStatus: 399 }]);
  });

  it('refuses a placeholder that stands for nothing, with those that do', async () => {
    const options = { image: 'x', advertise: { A: '{ports.1}' } };
    for (const [ports, known] of [
      [[80, 81], '80, 81'],
      [[], 'it has none'],
    ]) {
      const error = await failureOf({ services: { own: { type: 'service', options: { ...options, ports } } } });
      expect(error).toMatchObject({
        code: 'CONFIG_INVALID',
        service: 'own',
        hint: expect.stringContaining(`(${known})`),
      });
    }
  });

  it.each([
    [{ leases: { pool: { min: 2, max: 1 } } }, /leases\.pool/, undefined],
    [{ leases: { pol: {} } }, /pol/, /pool/],
    [{ leases: { pool: { mim: 1 } } }, /mim/, /min/],
    [{ services: { a: { typ: 'redis', options: {} } } }, /services\.a/, undefined],
    [{ services: { a: { type: 'redis', options: { imag: 'x' } } } }, /imag/, /image/],
    [{ services: { a: { type: 'redis', options: { build: { contxt: '.' } } } } }, /contxt/, /context/],
  ])('refuses %j with what is nearest to it', async (value, message, hint) => {
    const error = await failureOf(value);
    expect(error.code).toBe('CONFIG_INVALID');
    const problems = error.errors.length === 0 ? [error] : error.errors;
    const found = problems.find((problem) => message.test(problem.message));
    expect(found).toBeDefined();
    if (hint !== undefined) expect(found?.hint).toMatch(hint);
  });
});

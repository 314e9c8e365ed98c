import { z } from 'zod';
import { type Isolation, parseDuration } from '../model/index.js';
import { sectionNames } from './sections/index.js';

const text = z.string({ error: 'must be a text' });
const filled = text.min(1, 'must not be empty');
const texts = z.record(z.string(), text, { error: 'must be an object of texts' });
const list = z.array(text, { error: 'must be a list of texts' });
const port = z
  .number({ error: 'must be a port, 1 to 65535' })
  .int('must be a port, 1 to 65535')
  .min(1, 'must be a port, 1 to 65535')
  .max(65_535, 'must be a port, 1 to 65535');
const ports = z.array(port, { error: 'must be a list of ports' });
const callable = z.custom((value) => typeof value === 'function', 'must be a function');
const duration = z.custom(
  (value) =>
    typeof value === 'number' ? value >= 0 && value < Infinity : typeof value === 'string' && isDuration(value),
  'must be a duration such as 30s, 5m or 1m30s, or milliseconds',
);

const build = z.strictObject(
  { context: filled, dockerfile: filled.optional(), target: filled.optional(), args: texts.optional() },
  { error: 'must be a folder, or an object with a "context"' },
);
const embedded = z.strictObject(
  {
    command: z.union([filled, list.min(1, 'must not be empty')], {
      error: 'must be a command line or a list of words',
    }),
    cwd: filled.optional(),
  },
  { error: 'must be an object with a "command"' },
);
const wholeNumber = (least: number) =>
  z
    .number({ error: `must be a whole number, at least ${least}` })
    .int(`must be a whole number, at least ${least}`)
    .min(least, `must be a whole number, at least ${least}`);
const pool = z
  .strictObject({ min: wholeNumber(0).optional(), max: wholeNumber(0).optional() }, { error: 'must be an object' })
  .refine(({ min, max }) => min === undefined || max === undefined || min <= max, 'must have a "min" up to its "max"');
const leases = z.strictObject(
  {
    scope: z.enum(['run', 'worker', 'file', 'test']).optional(),
    pool: pool.optional(),
    maxActive: wholeNumber(1).optional(),
    queueTimeout: duration.optional(),
  },
  { error: 'must be an object' },
);
const credentials = { user: filled.optional(), password: text.optional(), database: filled.optional() };

const common = {
  image: filled.optional(),
  build: z.union([filled, build], { error: 'must be a folder, or an object with a "context"' }).optional(),
  command: list.optional(),
  needs: list.optional(),
  env: z.union([callable, texts], { error: 'must be an object of texts, or a function' }).optional(),
  advertise: texts.optional(),
  volumes: list.optional(),
  embedded: embedded.optional(),
};

const flag = z.boolean({ error: 'must be true or false' });
const isolation = (...values: readonly Isolation[]) => z.enum([...values, 'none']).optional();

const migrate = z.union(
  [
    callable,
    filled,
    z.strictObject(
      { command: filled, cwd: filled.optional(), inputs: list.optional() },
      { error: 'must be an object' },
    ),
  ],
  { error: 'must be a command line, an object with a "command", or a function' },
);

const options = {
  postgres: {
    ...common,
    ...credentials,
    migrations: filled.optional(),
    seed: filled.optional(),
    migrate: migrate.optional(),
    port: port.optional(),
    isolation: isolation('database', 'server'),
    durable: flag.optional(),
  },
  redis: {
    ...common,
    password: filled.optional(),
    port: port.optional(),
    isolation: isolation('server', 'database'),
  },
  api: {
    ...common,
    port,
    health: text.startsWith('/', 'must be a path that begins with /').optional(),
    isolation: isolation('copy'),
  },
  service: { ...common, ports: ports.optional(), isolation: isolation('copy') },
  kind: {
    ...common,
    ...credentials,
    migrations: filled.optional(),
    seed: filled.optional(),
    port: port.optional(),
    isolation: isolation('database', 'server', 'copy'),
    durable: flag.optional(),
  },
  testcontainer: {
    ports: ports.optional(),
    kind: z.enum(['postgres', 'redis', 'http', 'tcp']).optional(),
    credentials: z.strictObject(credentials, { error: 'must be an object' }).optional(),
  },
};

const madeByDefineKind = 'must be made by defineKind()';
const kind = z.custom((value) => typeof value === 'function' && 'definition' in value, madeByDefineKind);
const kindDefinition = z.looseObject({ name: filled, port, image: filled }, { error: madeByDefineKind });

type Startable = Readonly<Partial<Record<'image' | 'build' | 'embedded', unknown>>>;

function hasProgram({ image, build, embedded }: Startable): boolean {
  return image !== undefined || build !== undefined || embedded !== undefined;
}
const noProgram = 'must have an "image", a "build" or an "embedded" program';

const spec = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('postgres'), options: z.strictObject(options.postgres) }),
    z.strictObject({ type: z.literal('redis'), options: z.strictObject(options.redis) }),
    z.strictObject({ type: z.literal('api'), options: z.strictObject(options.api).refine(hasProgram, noProgram) }),
    z.strictObject({
      type: z.literal('service'),
      options: z.strictObject(options.service).refine(hasProgram, noProgram),
    }),
    z.strictObject({ type: z.literal('kind'), kind: kindDefinition, options: z.strictObject(options.kind) }),
    z.strictObject({
      type: z.literal('testcontainer'),
      factory: callable,
      options: z.strictObject(options.testcontainer),
    }),
  ],
  {
    error:
      'must be made by postgres(), redis(), api(), service(), testcontainer() or a kind; ...compose() is spread into the services',
  },
);

const serviceName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]+$/, 'must be made of letters, digits, dots, dashes and underscores');

/** What `compose(...)` may be told. */
export const referenceSchema = z.strictObject({
  files: list.min(1, 'must not be empty'),
  profiles: list.optional(),
  envFiles: list.optional(),
  projectDirectory: filled.optional(),
});

/** What a configuration file may export, symbols aside. */
export const configSchema = z
  .strictObject(
    {
      composeFile: z
        .union([filled, list.min(1, 'must not be empty')], { error: 'must be a path or a list of paths' })
        .optional(),
      profiles: list.optional(),
      envFiles: list.optional(),
      kinds: z.array(kind, { error: 'must be a list of kinds' }).optional(),
      services: z.record(serviceName, spec, { error: 'must be an object of services by name' }).optional(),
      runtime: z.enum(['auto', 'docker', 'embedded']).optional(),
      ports: z.enum(['dynamic', 'prefer']).optional(),
      keepWarm: duration.optional(),
      startTimeout: duration.optional(),
      snapshots: z.boolean({ error: 'must be true or false' }).optional(),
      leases: leases.optional(),
      // Sections are read by themselves.
      ...Object.fromEntries(sectionNames.map((name) => [name, z.unknown().optional()])),
    },
    { error: 'must be an object, made by defineEnvironment()' },
  )
  .refine(({ composeFile, profiles, envFiles }) => composeFile !== undefined || (profiles ?? envFiles) === undefined, {
    error: 'must have a "composeFile" where it has "profiles" or "envFiles"',
  });

/** Gives the keys that may stand at a place of the configuration whose services are of these types. */
export function knownKeys(path: readonly string[], typeOf: (service: string) => unknown): readonly string[] {
  const [section, service, part, ...inner] = path;
  if (section === undefined) return Object.keys(configSchema.shape);
  if (section === 'leases') return Object.keys((service === 'pool' ? pool : leases).shape);
  if (service === undefined) return [];
  if (part === undefined) return ['type', 'options', 'factory'];
  const type = typeOf(service);
  const shape = Object.entries(options).find(([name]) => name === type)?.[1];
  if (inner[0] === undefined) return Object.keys(shape ?? {});
  return Object.keys({ build, embedded, credentials: z.object(credentials) }[inner[0]]?.shape ?? {});
}

function isDuration(value: string): boolean {
  return parseDuration(value) !== undefined;
}

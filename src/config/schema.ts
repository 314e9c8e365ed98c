import { z } from 'zod';
import { nearest, PortsideError, parseDuration } from '../model/index.js';

const texts = z.record(z.string(), z.string());
const port = z.number().int().min(1).max(65535);
const duration = z.union([
  z.number().min(0),
  z
    .string()
    .refine(
      (text) => parseDuration(text) !== undefined,
      'must be a duration such as 30s, 5m or 1m30s, or milliseconds',
    ),
]);

const common = {
  image: z.string().min(1).optional(),
  build: z
    .union([
      z.string().min(1),
      z.strictObject({
        context: z.string().min(1),
        dockerfile: z.string().optional(),
        target: z.string().optional(),
        args: texts.optional(),
      }),
    ])
    .optional(),
  command: z.array(z.string()).optional(),
  needs: z.array(z.string()).optional(),
  env: z.union([texts, z.function()]).optional(),
  volumes: z.array(z.string()).optional(),
  embedded: z
    .strictObject({ command: z.union([z.string().min(1), z.array(z.string()).min(1)]), cwd: z.string().optional() })
    .optional(),
};
const login = { user: z.string().optional(), password: z.string().optional(), database: z.string().optional() };

const spec = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('postgres'),
    options: z.strictObject({
      ...common,
      ...login,
      migrations: z.string().optional(),
      seed: z.string().optional(),
      port: port.optional(),
    }),
  }),
  z.strictObject({
    type: z.literal('redis'),
    options: z.strictObject({ ...common, password: z.string().optional(), port: port.optional() }),
  }),
  z.strictObject({
    type: z.literal('api'),
    options: z.strictObject({ ...common, port, health: z.string().startsWith('/').optional() }),
  }),
  z.strictObject({
    type: z.literal('service'),
    options: z.strictObject({ ...common, ports: z.array(port).optional() }),
  }),
  z.strictObject({
    type: z.literal('testcontainer'),
    factory: z.function(),
    options: z.strictObject({
      ports: z.array(port).min(1),
      kind: z.enum(['postgres', 'redis', 'http', 'tcp']).optional(),
    }),
  }),
]);

const config = z.strictObject({
  services: z
    .record(
      z.string().regex(/^[a-zA-Z0-9._-]+$/, 'must be made of letters, digits, dots, dashes and underscores'),
      spec,
    )
    .optional(),
  runtime: z.enum(['auto', 'docker', 'embedded']).optional(),
  ports: z.enum(['dynamic', 'prefer']).optional(),
  keepWarm: duration.optional(),
  startTimeout: duration.optional(),
});

/** Checks what a configuration file exports. Errors: `CONFIG_INVALID`, with every problem and the key that it is about. */
export function checkConfig(value: unknown, file: string): void {
  const result = config.safeParse(value);
  if (result.success) return;
  const errors = result.error.issues.flatMap((issue) => {
    const path = issue.path.map(String).filter((part) => part !== 'options');
    if (issue.code !== 'unrecognized_keys') return [problem(file, path, issue.message, undefined)];
    return issue.keys.map((key) => problem(file, [...path, key], 'it is not known', nearest(key, knownKeys)));
  });
  const [first] = errors;
  if (first === undefined || errors.length === 1) throw first;
  throw new PortsideError('CONFIG_INVALID', `Cannot use ${file}: it has ${errors.length} problems.`, {
    position: { file },
    errors,
  });
}

const knownKeys: readonly string[] = [
  ...Object.keys(config.shape),
  ...spec.options.flatMap((option) => Object.keys(option.shape.options.shape)),
];

function problem(file: string, path: readonly string[], why: string, near: string | undefined): PortsideError {
  return new PortsideError('CONFIG_INVALID', `Cannot use ${path.join('.') || 'the default export'}: ${why}.`, {
    hint:
      near === undefined
        ? 'See docs/configuration.md for what a configuration file may say.'
        : `Did you mean '${near}'?`,
    position: { file },
  });
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startNode } from '../support/program.js';
import { runVitest, vitestProject } from '../support/vitest-project.js';

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const tsconfig = JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [], skipLibCheck: true },
});
const stack = `services:
  postgres-primary:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: secret }
    ports: ["5432"]
  cache:
    image: redis:7-alpine
    ports: ["6379"]
`;

test('a start writes the types by which discover knows the services, and the compiler holds tests to them', async () => {
  const project = vitestProject('embedded', {
    'compose.yaml': stack,
    'tsconfig.json': tsconfig,
    'setup.ts': `import type { TestProject } from 'vitest/node';
import { createSetup } from 'portside/vitest/setup';

const setup = createSetup({ files: ['compose.yaml'], settings: { keepWarmMs: 0 } });
export default (project: TestProject) => setup(project);
`,
    'jest.cts': `import { createSetup, getEnvironment } from 'portside/jest';

export const setup = createSetup({ profiles: ['test'] });
export const user = async (): Promise<string> => (await getEnvironment()).discover('postgres-primary').then((p) => p.user);
`,
    'a.test.ts': `import type { PostgresEndpoint, RedisEndpoint } from 'portside';
import { expectTypeOf, test } from 'portside/vitest';

test('knows the services', async ({ env, postgres, redis }) => {
  expectTypeOf(await env.discover('postgres-primary')).toEqualTypeOf<PostgresEndpoint>();
  expectTypeOf(await env.discover('cache')).toEqualTypeOf<RedisEndpoint>();
  expectTypeOf(postgres.user).toEqualTypeOf<string>();
  expectTypeOf((await postgres.query<{ n: number }>('SELECT 1 AS n')).rows).toEqualTypeOf<{ n: number }[]>();
  expectTypeOf(await (await redis.client()).ping()).toEqualTypeOf<'PONG'>();
});
`,
  });
  expect((await runVitest(project)).code).toBe(0);
  expect(existsSync(join(project.cwd, 'portside-env.d.ts'))).toBe(true);
  const typecheck = () => startNode([compiler, '-p', project.cwd], project).result;
  expect(await typecheck()).toMatchObject({ code: 0, stdout: '' });

  writeFileSync(
    join(project.cwd, 'b.test.ts'),
    `import { test } from 'portside/vitest';\ntest('slips', ({ env }) => env.discover('postgres-primry'));\n`,
  );
  const slip = await typecheck();
  expect(slip.code).not.toBe(0);
  expect(slip.stdout).toMatch(
    /^b\.test\.ts\(2,\d+\): error TS2345: Argument of type '"postgres-primry"' is not assignable/,
  );
});

test('the types stand in the folder of the tests when the Compose file lies elsewhere', async () => {
  const project = vitestProject('embedded', {
    'vitest.config.js': `export default { test: { globalSetup: ['./setup.js'] } };\n`,
    'setup.js': `export { setup as default };
import { createSetup } from 'portside/vitest/setup';
const setup = createSetup({ files: ['compose/stack.yaml'] });\n`,
    'compose/stack.yaml': 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379"]\n',
    'tsconfig.json': tsconfig,
    'a.test.ts': `import { test } from 'portside/vitest';\ntest('runs', () => {});\n`,
  });
  expect((await runVitest(project)).code).toBe(0);
  expect(readFileSync(join(project.cwd, 'portside-env.d.ts'), 'utf8')).toContain(`'cache': 'redis';`);
});

test('a start goes on with a warning when the types cannot be written', async () => {
  const project = vitestProject('embedded', {
    'compose.yaml': 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379"]\n',
    'tsconfig.json': tsconfig,
    'portside-env.d.ts/in-the-way': '',
    'a.test.ts': `import { test } from 'portside/vitest';\ntest('runs', () => {});\n`,
  });
  const { code, stderr } = await runVitest(project);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/warning: Cannot write '.*portside-env\.d\.ts'/),
  });
});

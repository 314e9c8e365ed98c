import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startNode, temporaryProject } from '../support/program.js';

const path = (relative: string) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

const project = () =>
  temporaryProject({
    'vitest.config.mjs': `export default { resolve: { alias: { vitest: ${JSON.stringify(path('node_modules/vitest/dist/index.js'))} } } };`,
    'engine.test.ts': `import { expect, it } from 'vitest';
import { describeWhere } from ${JSON.stringify(path('test/support/describe-where.ts'))};
describeWhere('with an engine', 'no engine answers', () => it('runs', () => expect(1).toBe(1)));
describeWhere('with nothing', undefined, () => it('runs', () => expect(1).toBe(1)));
`,
  });

const run = (env: Readonly<Record<string, string>>) =>
  startNode([path('node_modules/vitest/vitest.mjs'), 'run', '--reporter=verbose'], {
    cwd: project(),
    env: { CI: '', PORTSIDE_REQUIRE_DOCKER: '', NO_COLOR: '1', ...env },
  }).result;

test('what cannot run is skipped with its reason, and the rest runs', async () => {
  const { code, stdout, stderr } = await run({});
  expect(stdout + stderr).toContain('Skipped, with an engine: Cannot run these tests: no engine answers');
  expect(stdout).toMatch(/1 passed \| 1 skipped/);
  expect(code).toBe(0);
});

test.each([{ CI: 'true' }, { CI: 'woodpecker' }, { PORTSIDE_REQUIRE_DOCKER: '1' }])(
  'where nothing may be skipped (%j) it fails with the reason',
  async (env) => {
    const { code, stdout, stderr } = await run(env);
    expect(stdout + stderr).toContain('Error: Cannot run these tests: no engine answers');
    expect(stdout).toMatch(/1 failed \| 1 passed/);
    expect(code).toBe(1);
  },
);

import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { cliProject } from '../support/cli-project.js';
import { describeWithDocker } from '../support/docker.js';
import { describeWithMariadb } from '../support/mariadb.js';

// Where coverage is measured, the agents of all other tests run from their modules. These run as those of users do: from the bundle, the
// first time as it was built, the second time from the compiled code that the first one has kept.
const asInstalled = { NODE_V8_COVERAGE: '' };
const keptAfterMs = 3000;

describe('on the embedded runtime', () => evaluating('embedded'));
describeWithDocker('on Docker', () => evaluating('docker'));

function evaluating(runtime: 'embedded' | 'docker'): void {
  test('functions of a configuration file run in an agent from its bundle', async () => {
    const { cwd, env } = cliProject(runtime, {
      'portside.config.ts': `
        import { writeFileSync } from 'node:fs';
        import { defineEnvironment, postgres } from 'portside';
        const migrate = async ({ url }: { url: string }) => writeFileSync('migrated', String(Boolean(url)));
        export default defineEnvironment({ services: { db: postgres({ migrate }) } });
      `,
    });
    const options = { cwd, env: { ...env, ...asInstalled } };
    const show = `console.log(require('node:fs').readFileSync('migrated', 'utf8'))`;
    const first = await runCli(['run', '--', 'node', '-e', `setTimeout(() => ${show}, ${keptAfterMs})`], options);
    expect(first).toMatchObject({ code: 0, stdout: 'true\n' });
    const second = await runCli(['run', '--', 'node', '-e', show], options);
    expect(second).toMatchObject({ code: 0, stdout: 'true\n' });
  });
}

describeWithMariadb('MariaDB', () => {
  test('a kind of service that brings its own client runs in an agent from its bundle', async () => {
    const { cwd, env } = cliProject('embedded', {
      'portside.config.ts': `
        import { defineEnvironment } from 'portside';
        import { mariadb } from 'portside/kinds/mariadb';
        export default defineEnvironment({ services: { db: mariadb({ user: 'shop', database: 'shop' }) } });
      `,
    });
    const options = { cwd, env: { ...env, ...asInstalled } };
    const { code, stdout } = await runCli(['run', '--', 'node', '-p', 'process.env.DB_URL'], options);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^mysql:\/\/lease_\w+:/) });
  });
});

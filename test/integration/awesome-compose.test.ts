import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlanDocument } from '../../src/cli/output/plan-document.js';
import { planEnvironment, resolveDefinition } from '../../src/environment/index.js';
import { runCli } from '../support/cli.js';
import { conformanceFolder } from '../support/conformance.js';

const folder = conformanceFolder();
const samples = folder === undefined ? '' : realpathSync(join(folder, 'awesome-compose'));
const names = samples === '' ? [] : readdirSync(samples);

/** An engine that does not answer: what needs no engine must not notice. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

describe.skipIf(folder === undefined)('portside plan on the sample stacks', () => {
  test('there are some', () => {
    expect(names.length).toBeGreaterThan(20);
  });

  test.each(names)('%s: fixes no host port and no name', async (name) => {
    const cwd = join(samples, name);
    const { code, stdout, stderr } = await runCli(['plan', '--json'], { cwd, env: noEngine });
    expect({ code, stderr: stderr.replace(/^warning: .*\n/gm, '') }).toEqual({ code: 0, stderr: '' });
    const plan: PlanDocument = JSON.parse(stdout);
    expect(plan.services.length).toBeGreaterThan(0);
    expect(plan.services.flatMap(({ ports }) => ports).filter(({ policy }) => policy !== 'dynamic')).toEqual([]);
    for (const { message, file, line } of plan.warnings) {
      expect({ message, file, line }).toEqual({
        message: expect.stringMatching(/\.$/),
        file: expect.stringContaining(cwd),
        line: expect.any(Number),
      });
    }
    expect(plan.services.filter(({ kind, ports }) => (kind === 'worker') !== (ports.length === 0))).toEqual([]);
  });

  test.each(names)('%s: uses nothing of the engine that another environment could have', async (name) => {
    const { definition } = planEnvironment(
      await resolveDefinition({ cwd: join(samples, name), environment: { HOME: '/home/user' } }),
    );
    const resources = [...Object.values(definition.networks), ...Object.values(definition.volumes)];
    expect(resources.filter(({ external }) => external)).toEqual([]);
  });
});

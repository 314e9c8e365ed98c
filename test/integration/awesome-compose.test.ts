import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PlanDocument } from '../../src/cli/output/plan-document.js';
import { planEnvironment, resolveDefinition } from '../../src/environment/index.js';
import { runCli } from '../support/cli.js';
import { describeWithConformance } from '../support/conformance.js';

/** An engine that does not answer: what needs no engine must not notice. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

describeWithConformance('portside plan on the sample stacks', (folder) => {
  const place = join(folder, 'awesome-compose');
  // Collected also where they are not there, so that each is shown as skipped.
  const samples = existsSync(place) ? realpathSync(place) : place;
  const names = existsSync(place) ? readdirSync(place) : [];

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

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeWhere } from '../support/describe-where.js';
import { startNode, temporaryProject } from '../support/program.js';

const program = fileURLToPath(new URL('../../scripts/chaos.mjs', import.meta.url));

/** Says what keeps this machine from giving processes a network of their own; `undefined` when nothing does. */
function whyNot(): string | undefined {
  const flags = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
  const { status, error, stderr } = spawnSync(
    'unshare',
    [...flags, 'sh', '-c', 'ip link set lo up && iptables -L -n'],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

const reason = whyNot();
const missing =
  reason && `this machine gives no network of its own (${reason}); that takes root, iproute2 and iptables`;

describeWhere('chaos in a network of its own', missing, () => {
  test('H7 H150 H151 H152 H160 H161 H162 H163 after kills, cuts, delays, hangs, port conflicts and clock jumps every client finds its way again', async () => {
    const cwd = temporaryProject({});
    const { code, stdout, stderr } = await startNode([program, '--seconds', '0', '--seed', '7'], { cwd }).result;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('registry killed, the broadcast takes over: every client finds every living service');
    expect(stdout).toContain('broadcast cut and a service killed, the registry works: every client finds');
    expect(stdout).toContain('after the disturbance, one service dead: every client finds');
  }, 300_000);
});

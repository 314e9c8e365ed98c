import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from './lib/build.mjs';
import { engineVersion } from './lib/engine.mjs';
import { show } from './lib/exec.mjs';
import { inCi } from './lib/in-ci.mjs';
import { runMain, ScriptError, say } from './lib/say.mjs';
import { countTests } from './lib/test-report.mjs';
import { root, setup } from './setup.mjs';

/**
 * Sets up, builds, runs the tests with the arguments given, and ends with a line of counts. On CI and with `--coverage` it also says what
 * of the code ran; a run of all tests in which too little did has failed.
 */
async function main() {
  const requireDocker = process.env['PORTSIDE_REQUIRE_DOCKER'] === '1';
  await setup({ docker: requireDocker || inCi });
  await build(root);

  const engine = await engineVersion();
  if (requireDocker && !engine) throw new ScriptError('Cannot run the Docker tests: no engine answers.');
  say(
    engine
      ? `Docker tests run, on engine ${engine}${requireDocker ? '; none may be skipped' : ''}`
      : 'Docker tests are skipped: no engine answers. "node scripts/setup.mjs --docker" sets one up',
  );

  const folder = await mkdtemp(path.join(tmpdir(), 'portside-test-'));
  try {
    const report = path.join(folder, 'report.json');
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const extra = process.argv.slice(2).filter((argument) => argument !== '--coverage');
    const counting = inCi || process.argv.includes('--coverage');
    const processFolder = path.join(folder, 'processes');
    const env = counting ? { ...process.env, PORTSIDE_COVERAGE: processFolder } : process.env;
    if (counting) args.push('--coverage');
    await mkdir(processFolder);
    const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
    const code = await show(process.execPath, [vitest, ...args, ...extra], { cwd: root, env });
    const covered = !counting || (await coverage({ root, processFolder, mustReach: extra.length === 0 }));
    const text = await readFile(report, 'utf8').catch(() => undefined);
    const { passed, failed, skipped } = countTests(text && JSON.parse(text), code);
    const mustRunAll = (requireDocker || inCi) && extra.length === 0;
    if (skipped.length > 0) {
      say(`${mustRunAll ? 'none may be skipped here, but' : 'these tests were skipped'}:\n  ${skipped.join('\n  ')}`);
    }
    process.stdout.write(
      `\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
    );
    process.exitCode = code !== 0 || failed > 0 || (mustRunAll && skipped.length > 0) || !covered ? 1 : 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Loads what reports coverage only now: in a bare clone its packages were not installed before. */
async function coverage(options) {
  const { reportCoverage } = await import('./coverage/report-coverage.mjs');
  return reportCoverage(options);
}

await runMain(main);

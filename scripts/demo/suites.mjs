import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { capture } from '../lib/exec.mjs';
import { countTests } from '../lib/test-report.mjs';

/**
 * Runs every suite of a project in a Vitest process of its own, all at the same time. Resolves to one entry for each:
 * `{ name, passed, failed, milliseconds, output }`.
 */
export async function runSuites(root, project, env, signal) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const folder = await mkdtemp(path.join(tmpdir(), 'portside-demo-'));
  const run = async (file) => {
    const name = path.basename(file, '.test.ts');
    const report = path.join(folder, `${name}.json`);
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const begin = performance.now();
    const args = [vitest, 'run', '--root', project, `suites/${file}`, ...reporters];
    const { code, stdout, stderr } = await capture(process.execPath, args, { cwd: project, env, signal });
    const milliseconds = Math.round(performance.now() - begin);
    const text = await readFile(report, 'utf8').catch(() => undefined);
    const { passed, failed } = countTests(text && JSON.parse(text), code);
    return { name, passed, failed, milliseconds, output: `${stdout}${stderr}` };
  };
  try {
    const files = (await readdir(path.join(project, 'suites'))).filter((file) => file.endsWith('.test.ts'));
    return await Promise.all(files.sort().map(run));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

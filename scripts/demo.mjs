import path from 'node:path';
import { build } from './lib/build.mjs';
import { capture } from './lib/exec.mjs';
import { runMain, ScriptError, say } from './lib/say.mjs';
import { root, setup } from './setup.mjs';

const CLASSIC_PORTS = [5432, 6379, 8080];
const STACK = path.join(root, 'compose/stack.yaml');
const PROJECT = 'orders-demo';
const SUITES = path.join(root, 'fixtures/demo');
const CLI = path.join(root, 'dist/cli/main.js');

/**
 * Shows portside at work: with the ports of the Compose file taken, starts its services, runs four suites at the same time
 * in processes of their own, shows services, suites and results, and takes everything down again.
 */
async function main() {
  await setup();
  await build(root);
  const { occupyPorts } = await import('./demo/occupy.mjs');

  // A project of its own: an environment that was started from the same file by hand is left alone.
  const env = { ...process.env, COMPOSE_FILE: STACK, COMPOSE_PROJECT_NAME: PROJECT };
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupted.abort());

  const { occupied, foreign, release } = await occupyPorts(CLASSIC_PORTS);
  if (occupied.length > 0)
    say(`holding the ports ${occupied.join(', ')} on all interfaces: nothing else can have them`);
  if (foreign.length > 0) say(`something else holds the ports ${foreign.join(', ')}, which is as good`);
  try {
    await showStack(env, interrupted.signal);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    process.exitCode = 130;
  } finally {
    say('taking the environment down');
    const down = [CLI, 'down', '--file', STACK, '--json'];
    const { code, stderr } = await capture(process.execPath, down, { cwd: root, env });
    if (code !== 0) process.stderr.write(stderr);
    process.exitCode ??= code;
    await release();
  }
}

/** Starts the stack, runs the suites and shows what came of it; fails when the start or a suite failed. */
async function showStack(env, signal) {
  const { runSuites } = await import('./demo/suites.mjs');
  const { servicesTable, suitesTable } = await import('./demo/tables.mjs');
  const begin = performance.now();
  const { environment, services } = await startStack(env, signal);
  say('running four suites at the same time, each in a Vitest process of its own');
  const suites = await runSuites(root, SUITES, env, signal);
  signal.throwIfAborted();

  const failed = suites.filter((suite) => suite.failed > 0);
  for (const { name, output } of failed) process.stdout.write(`\n--- ${name}\n${output}\n`);
  process.stdout.write(`\n${servicesTable(services)}\n${suitesTable(suites)}\n\n`);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  const passed = suites.length - failed.length;
  say(`runtime ${environment.runtime}; ${passed} of ${suites.length} suites passed in ${seconds} s`);
  if (failed.length > 0)
    throw new ScriptError('Not every suite passed; what the others printed stands above the tables.');
}

/** Starts the stack with the command line and resolves to its JSON document; progress is shown as it comes. */
async function startStack(env, signal) {
  const up = ['up', '--detach', '--file', path.relative(root, STACK)];
  say(`portside ${up.join(' ')}`);
  const onError = (text) => process.stderr.write(text);
  const { code, stdout } = await capture(process.execPath, [CLI, ...up, '--json'], { cwd: root, env, onError, signal });
  signal.throwIfAborted();
  const document = stdout.trim() === '' ? {} : JSON.parse(stdout);
  if (code === 0) return document;
  const { message = `Cannot start the stack: portside ended with code ${code}.`, hint } = document.error ?? {};
  throw new ScriptError(message, hint);
}

await runMain(main);

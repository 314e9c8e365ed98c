import { after } from 'node:test';
import { explained } from '../shared/explain.js';
import { invitationFrom } from '../shared/invitation-variables.js';
import type { Invitation } from '../shared/joined-environment.js';
import { closeScopes, environmentOf } from '../shared/open-scope.js';
import type { SetupOptions, StartedEnvironment } from '../shared/start-environment.js';
import type { TestEnvironment } from '../shared/test-environment.js';
import { keepAliveDuringTests } from './keep-alive.js';

let started: Promise<StartedEnvironment> | undefined;

/**
 * Gives the environment, with the slices of this test file: that of `portside run` where the tests run inside of one, otherwise the
 * project folder's, which this process starts or joins. Options count in the first call of a process.
 * Errors: those of the start.
 */
export async function getEnvironment(options: SetupOptions = {}): Promise<TestEnvironment> {
  return environmentOf({ invitation: await invite(options), runner: 'node-test', file: testFile() });
}

/** Starts or joins the environment of this process's tests, once. Errors: those of the start. */
export async function invite(options: SetupOptions = {}): Promise<Invitation | undefined> {
  const invitation = invitationFrom(process.env);
  if (invitation !== undefined) return invitation;
  started ??= start(options);
  return (await started).invitation;
}

/** Gives the file that this process tests: Node's runner starts one for each. */
export function testFile(): string | undefined {
  return process.argv[1];
}

async function start(options: SetupOptions): Promise<StartedEnvironment> {
  // What starts an environment is loaded only where no `portside run` has done it.
  const { startEnvironment } = await import('../shared/start-environment.js');
  const environment = await explained(startEnvironment(process.cwd(), 'node-test', options));
  // Node's runner ends a file when nothing keeps its process any more.
  environment.handle.unref();
  return environment;
}

keepAliveDuringTests();
after(async () => {
  await closeScopes();
  await (await started?.catch(() => undefined))?.close();
});

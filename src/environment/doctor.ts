import { accessSync, constants, statfsSync } from 'node:fs';
import { stateFolder } from '../config/index.js';
import { type EnvironmentPlan, PortsideError, type ServiceDefinition } from '../model/index.js';
import { chooseRuntime } from './choose-runtime.js';
import { resolveDefinition } from './definition.js';
import { planEnvironment } from './plan.js';
import type { EnvironmentSource } from './source.js';

/** One thing that was looked at; `warn` is in the way of something, `fail` of everything. */
export interface MachineCheck {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** What was found. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What the checks found, and whether an environment can run here. */
export interface MachineReport {
  readonly checks: readonly MachineCheck[];
  /** True when at least one runtime can work: for the project found from the source, or for any project when there is none. */
  readonly usable: boolean;
}

/** What is looked at. */
export interface MachineOptions {
  readonly source: EnvironmentSource;
  /** Version of Node that runs portside, for example `v20.19.0`. */
  readonly nodeVersion: string;
}

/** Looks at everything that an environment needs of this machine; starts and changes nothing but makes the state folder. Throws nothing. */
export async function inspectMachine({ source, nodeVersion }: MachineOptions): Promise<MachineReport> {
  const { environment } = source;
  const engine = await checkEngine(environment);
  const embedded = await checkEmbedded(environment);
  const project = await checkProject(source);
  const runtime = project.plan === undefined ? undefined : await checkRuntime(project.plan, environment);
  const works = [engine, ...embedded].some((check) => check.status === 'ok');
  return {
    checks: [
      checkNode(nodeVersion),
      engine,
      ...embedded,
      checkStateFolder(environment),
      checkMemoryFolder(),
      project.check,
      ...(runtime === undefined ? [] : [runtime]),
    ],
    usable: runtime === undefined ? works : runtime.status === 'ok',
  };
}

function checkNode(version: string): MachineCheck {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return good
    ? { name: 'node', status: 'ok', message: version }
    : { name: 'node', status: 'fail', message: version, hint: 'Install Node 20.19 or later.' };
}

async function checkEngine(environment: EnvironmentSource['environment']): Promise<MachineCheck> {
  const { findEngine } = await import('../runtime/docker/index.js');
  const engine = await findEngine(environment);
  if (engine.ok) return { name: 'docker', status: 'ok', message: `${engine.describe}, API ${engine.apiVersion}` };
  return fromError('docker', engine.error);
}

async function checkEmbedded(environment: EnvironmentSource['environment']): Promise<readonly MachineCheck[]> {
  const { embeddedForm } = await import('../runtime/embedded/index.js');
  return (['postgres', 'redis'] as const).map((kind): MachineCheck => {
    const name = `embedded ${kind}`;
    const form = embeddedForm(bareService(kind), environment);
    return form.ok
      ? { name, status: 'ok', message: form.describe }
      : { name, status: 'warn', message: form.reason, hint: form.hint };
  });
}

function checkStateFolder(environment: EnvironmentSource['environment']): MachineCheck {
  try {
    const folder = stateFolder(environment);
    accessSync(folder, constants.W_OK);
    return { name: 'state folder', status: 'ok', message: folder };
  } catch (error) {
    return fromError('state folder', error, 'fail');
  }
}

/** Data folders of embedded servers lie in memory where the system has a folder for that. */
function checkMemoryFolder(): MachineCheck {
  const name = 'memory folder';
  const folder = '/dev/shm';
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    const freeMb = Math.round((bavail * bsize) / 1_000_000);
    if (freeMb >= 256) return { name, status: 'ok', message: `${folder}, ${freeMb} MB free` };
    return {
      name,
      status: 'warn',
      message: `${folder} has ${freeMb} MB free`,
      hint: 'Data folders go to disk: slower.',
    };
  } catch {
    return { name, status: 'warn', message: `no ${folder}`, hint: 'Data folders go to disk: slower.' };
  }
}

async function checkProject(source: EnvironmentSource): Promise<{ check: MachineCheck; plan?: EnvironmentPlan }> {
  try {
    const plan = planEnvironment(await resolveDefinition(source));
    const { project, files } = plan.definition;
    const count = plan.services.length;
    const message = `${project}: ${count} ${count === 1 ? 'service' : 'services'} from ${files.join(', ')}`;
    return { check: { name: 'project', status: 'ok', message }, plan };
  } catch (error) {
    return { check: fromError('project', error) };
  }
}

async function checkRuntime(
  plan: EnvironmentPlan,
  environment: EnvironmentSource['environment'],
): Promise<MachineCheck> {
  try {
    return {
      name: 'runtime',
      status: 'ok',
      message: `this project runs on ${(await chooseRuntime(plan, environment)).name}`,
    };
  } catch (error) {
    return fromError('runtime', error, 'fail');
  }
}

function fromError(name: string, error: unknown, status: MachineCheck['status'] = 'warn'): MachineCheck {
  const message = error instanceof Error ? error.message : String(error);
  const hint = PortsideError.is(error) ? error.hint : undefined;
  return { name, status, message, ...(hint === undefined ? {} : { hint }) };
}

function bareService(kind: ServiceDefinition['kind']): ServiceDefinition {
  const none = { ports: [], dependsOn: [], mounts: [], secrets: [], configs: [], networks: [], aliases: [] };
  return { name: kind, kind, environment: {}, labels: {}, replicas: 1, container: {}, ...none };
}

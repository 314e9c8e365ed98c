import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChosenRuntime, EnvironmentSource, NetworksAhead } from '../environment/index.js';
import {
  type EnvironmentDefinition,
  type ErrorJson,
  identifyProcess,
  PortsideError,
  type ProcessIdentity,
  type RuntimeName,
} from '../model/index.js';
import { agentPaths } from './paths.js';
import type { TraceOrder } from './start-trace.js';

/** What an agent is told at its birth, on the first line of its standard input. */
export interface SpawnOrder {
  readonly source: EnvironmentSource;
  readonly runtime: RuntimeName;
  /** The engine that was found; absent for the embedded runtime. */
  readonly engine?: NonNullable<ChosenRuntime['engine']>;
  readonly key: string;
  readonly instance: string;
  readonly stateFolder: string;
  /** What the files say, where that can be passed on; absent: the agent reads them itself. */
  readonly definition?: EnvironmentDefinition;
  /** Where the start is written down, and what happened of it so far. */
  readonly trace?: TraceOrder;
}

/** An agent makes little garbage and rests most of its life: without this it holds some 15 MB more. */
const smallHeap = '--max-semi-space-size=2';

/** Makes networks for the agent with that identity while it loads; what it has made is told on the second line. */
export type MakeAhead = (agent: ProcessIdentity) => Promise<NetworksAhead | undefined>;

/**
 * Starts a detached agent and waits until it listens on its socket. Errors: what the agent could not do, or `AGENT_FAILED` with the
 * end of its log when it died without a word.
 */
export async function spawnAgent(order: SpawnOrder, makeAhead: MakeAhead): Promise<void> {
  const paths = agentPaths(order.stateFolder, order.key);
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  const log = openSync(paths.log, 'a', 0o600);
  ftruncateSync(log);
  const child = spawn(process.execPath, [smallHeap, fileURLToPath(new URL('../agent/main.cjs', import.meta.url))], {
    cwd: order.source.cwd,
    env: agentEnvironment(order.source.environment),
    detached: true,
    windowsHide: true,
    stdio: ['pipe', log, log, 'pipe'],
  });
  closeSync(log);
  child.unref();
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  const ahead = child.pid === undefined ? undefined : makeAhead(identifyProcess(child.pid)).catch(() => undefined);
  void Promise.resolve(ahead).then((made) => child.stdin?.end(made === undefined ? '' : JSON.stringify(made.ids)));
  const answer = await firstAnswer(child);
  if (answer?.error !== undefined || answer === undefined) await (await ahead)?.remove().catch(() => undefined);
  if (answer === undefined) {
    const end = readFileSync(paths.log, 'utf8').trim().split('\n').slice(-20);
    throw new PortsideError('AGENT_FAILED', 'Cannot start the agent: its process ended before it listened.', {
      hint: `Read the end of its log, ${paths.log}. If a file of portside is missing there, install portside again; otherwise run \`portside doctor\`.`,
      logs: end,
    });
  }
  if (answer.error !== undefined) throw PortsideError.fromJSON(answer.error);
}

async function firstAnswer(child: ChildProcess): Promise<{ error?: ErrorJson } | undefined> {
  const failed = new Promise<never>((_, reject) => child.on('error', reject));
  const said = await Promise.race([text(child.stdio[3] as Readable), failed]);
  return said === '' ? undefined : (JSON.parse(said) as { error?: ErrorJson });
}

/** The caller's variables, without those that would make the agent behave as a test worker. */
function agentEnvironment(environment: EnvironmentSource['environment']): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !/^(NODE_OPTIONS|NODE_CHANNEL_FD|VITEST.*|JEST_WORKER_ID|TEST)$/.test(name),
    ),
  );
}

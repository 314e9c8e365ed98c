import { closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { settingsFromEnvironment } from '../config/index.js';
import { PortsideError } from '../model/index.js';
import { createLogger } from '../telemetry/index.js';
import type { Agent } from './agent.js';
import { createAgent } from './create-agent.js';
import type { SpawnOrder } from './spawn.js';

/**
 * How long the agent waits for word of networks, in milliseconds, before it makes them itself. Long enough for an engine that many ask at
 * once: two who make the same network at the same time make two of one name.
 */
const patienceMs = 30_000;

/** Is the agent's process: reads its order from standard input, and which networks its spawner has made, and tells its spawner on descriptor 3 that it listens, or why not. */
export async function runAgent(): Promise<void> {
  let agent: Agent | undefined;
  let early: ((made: Agent) => void) | undefined;
  /** Does it now, or as soon as there is an agent that owns what is being started. */
  const tell = (end: (made: Agent) => void): void => {
    if (agent === undefined) early ??= end;
    else end(agent);
  };
  const logger = createLogger({ level: settingsFromEnvironment(process.env).logLevel ?? 'info', destination: 1 });
  try {
    const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
    const line = async () => ((await lines.next()).value as string | undefined) ?? '';
    const order = JSON.parse(await line()) as SpawnOrder;
    const told = line().then((said) => (said === '' ? undefined : JSON.parse(said)));
    // A spawner that is stopped says nothing and does not end.
    const networksAhead = Promise.race([told, sleep(patienceMs, undefined, { ref: false })]);
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => tell((made) => void made.end(signal)));
    process.on('SIGHUP', () => undefined);
    process.once('uncaughtException', (err) => {
      // A second one, during the removal, ends the process at once: what is left then is for the next sweep.
      process.once('uncaughtException', () => process.exit(1));
      logger.fatal({ err }, 'Uncaught exception');
      process.exitCode = 1;
      tell((made) => void made.crash(err));
    });
    const made = await createAgent(order, {
      networksAhead,
      log: (level, message, fields = {}) => logger[level](fields, message),
      onEnd: () => process.exit(),
    });
    await made.listen();
    agent = made;
    answer({ ready: true });
    early?.(agent);
    await agent.run();
  } catch (error) {
    logger.error({ err: error }, 'Cannot start the agent');
    const known = PortsideError.is(error)
      ? error
      : new PortsideError('AGENT_FAILED', `Cannot start the agent: ${error instanceof Error ? error.message : error}`, {
          hint: 'Run the command again. If it fails again, run `portside doctor`, and report it with the output of --verbose.',
        });
    answer({ error: known.toJSON() });
    process.exit(1);
  }
}

function answer(message: object): void {
  try {
    writeSync(3, `${JSON.stringify(message)}\n`);
    closeSync(3);
  } catch {
    // The spawner is gone: the agent ends by itself when no session comes.
  }
}

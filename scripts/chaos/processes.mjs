import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../chaos.mjs', import.meta.url));

/** Starts a process in a role and waits until it is ready. */
export async function startRole(role, order, env) {
  return startProgram([program, '--role', role, '--order', JSON.stringify(order)], env, (line) => line === 'ready');
}

/** Starts a Node program and waits for a line that says that it is ready; `lines` are those that it prints then. */
export async function startProgram(args, env, isReady) {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit');
  await Promise.race([
    new Promise((resolve) => lines.on('line', (line) => isReady(line) && resolve())),
    ended.then(([code]) => {
      throw new Error(`${args.join(' ')} ended with ${code} before it was ready`);
    }),
  ]);
  return {
    lines,
    tell: (line) => child.stdin.write(`${line}\n`),
    signal: (name) => child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

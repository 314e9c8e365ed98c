import { spawn } from 'node:child_process';
import { ScriptError } from './say.mjs';

/**
 * Runs a command without showing it; resolves to its exit code and output, with code 127 when it cannot be started.
 * `onOutput` gets every piece of output as it comes, `onError` those of standard error.
 */
export function capture(command, args, { env = process.env, onOutput, onError, ...options } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output[stream] += text;
        onOutput?.(text);
        if (stream === 'stderr') onError?.(text);
      });
    }
    child.once('error', (error) => resolve({ code: 127, stdout: '', stderr: error.message }));
    child.once('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), ...output }));
  });
}

/** Runs a command with its output shown; resolves to its exit code, with code 127 when it cannot be started. */
export function show(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Runs a command without showing it; a failure becomes an error that carries the command and its last output lines. */
export async function must(command, args, options = {}) {
  const { code, stdout, stderr } = await capture(command, args, options);
  if (code === 0) return stdout;
  const last = `${stdout}\n${stderr}`.trim().split('\n').slice(-25).join('\n');
  throw new ScriptError(`Cannot run "${[command, ...args].join(' ')}": it ended with code ${code}.\n${last}`);
}

/** Says whether a program of this name is on the PATH. */
export async function onPath(program) {
  return (await capture('sh', ['-c', `command -v ${program}`])).code === 0;
}

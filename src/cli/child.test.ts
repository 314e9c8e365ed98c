import { expect, test } from 'vitest';
import { type ChildOptions, runChild } from './child.js';
import type { InterruptName } from './interrupts.js';

function options(command: string, args: readonly string[], more: Partial<ChildOptions> = {}): ChildOptions {
  return {
    command,
    args,
    cwd: import.meta.dirname,
    environment: { PATH: process.env['PATH'] },
    interrupts: { redirect: () => () => {} },
    terminal: false,
    ...more,
  };
}

test('runChild gives the exit code of the command', async () => {
  expect(await runChild(options(process.execPath, ['-e', 'process.exit(42)']))).toEqual({ code: 42 });
});

test('runChild gives 128 + signal for a command that a signal ended', async () => {
  const outcome = await runChild(options(process.execPath, ['-e', 'process.kill(process.pid, "SIGKILL")']));
  expect(outcome).toEqual({ code: 137 });
});

test('runChild gives 127 and a clear error when there is no such program, 126 when it is not executable', async () => {
  const missing = await runChild(options('no-such-program-here', []));
  expect(missing.code).toBe(127);
  expect(missing.error).toMatchObject({
    code: 'COMMAND_NOT_STARTED',
    message: "Cannot run 'no-such-program-here': there is no such program.",
  });
  const folder = await runChild(options(import.meta.dirname, []));
  expect(folder.code).toBe(126);
  expect(folder.error?.message).toContain('not executable');
  expect(folder.error?.hint).toContain('chmod +x');
});

test('runChild passes signals on, and leaves Ctrl-C to the terminal where there is one', async () => {
  const ended = async (name: InterruptName, terminal: boolean, then?: InterruptName): Promise<number> => {
    const { code } = await runChild(
      options('sh', ['-c', 'sleep 5'], {
        terminal,
        interrupts: {
          redirect: (listener) => {
            listener(name);
            if (then !== undefined) listener(then);
            return () => {};
          },
        },
      }),
    );
    return code;
  };
  expect(await ended('SIGTERM', false)).toBe(143);
  expect(await ended('SIGINT', false)).toBe(130);
  expect(await ended('SIGINT', true, 'SIGTERM')).toBe(143);
});

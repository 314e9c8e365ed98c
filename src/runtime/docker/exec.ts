import type Docker from 'dockerode';
import type { HookDefinition } from '../../model/index.js';
import { demultiplex } from './demultiplex.js';

/** Runs a command inside a container and gives its exit code and output. Aborting stops the waiting, not the command. */
export async function execIn(
  client: Docker,
  id: string,
  hook: HookDefinition,
  signal: AbortSignal,
): Promise<{ exitCode: number; output: string }> {
  const exec = await client.getContainer(id).exec({
    Cmd: [...hook.command],
    AttachStdout: true,
    AttachStderr: true,
    abortSignal: signal,
    ...(hook.user === undefined ? {} : { User: hook.user }),
    ...(hook.privileged === undefined ? {} : { Privileged: hook.privileged }),
    ...(hook.workingDir === undefined ? {} : { WorkingDir: hook.workingDir }),
    ...(hook.environment === undefined
      ? {}
      : { Env: Object.entries(hook.environment).map(([key, value]) => `${key}=${value}`) }),
  });
  const stream = await exec.start({ abortSignal: signal });
  const output: Buffer[] = [];
  for await (const { data } of demultiplex(stream, signal)) output.push(data);
  const { ExitCode } = await exec.inspect({ abortSignal: signal });
  return { exitCode: ExitCode ?? 0, output: Buffer.concat(output).toString() };
}

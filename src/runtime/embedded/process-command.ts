import { existsSync } from 'node:fs';
import { isAbsolute, join, posix } from 'node:path';
import type { ServiceDefinition } from '../../model/index.js';
import { packageStart, type StartCommand, scriptOf } from './package-start.js';

/** A host program that stands for a service. */
export interface ProcessCommand extends StartCommand {
  readonly cwd: string;
}

/** The command, or why there is none and what would give one. */
export type CommandFinding =
  | { readonly ok: true; readonly found: ProcessCommand }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

const hint = 'set x-portside: { embedded: { command: ..., cwd: ... } } on the service';

/**
 * Finds the host program that stands for a service: the one it names itself; else its command, run in the folder on the host
 * that its image is built from or that is mounted as its working folder; else how the package there is started.
 */
export function processCommand(service: ServiceDefinition): CommandFinding {
  const { embedded } = service;
  if (embedded !== undefined) {
    return found({ command: embedded.command, cwd: embedded.cwd, environment: embedded.environment ?? {} });
  }
  const folder = sourceFolder(service);
  if (folder === undefined) {
    const image = service.image ?? 'its image';
    return { ok: false, reason: `${image} has no counterpart among the programs of this host`, hint };
  }
  const words = [...(service.entrypoint ?? []), ...(service.command ?? [])];
  if (words.length > 0) {
    const script = scriptOf(words);
    const start = script === undefined ? undefined : packageStart(folder, script);
    return found({ command: words, environment: {}, ...start, cwd: folder });
  }
  const start = packageStart(folder);
  if (start !== undefined) return found({ ...start, cwd: folder });
  return { ok: false, reason: `${folder} has no package.json with a start script or main file`, hint };
}

/** The host folder with the program's source: the build context, or what is mounted where the program is run. */
function sourceFolder(service: ServiceDefinition): string | undefined {
  const context = service.build?.context;
  if (context !== undefined && isAbsolute(context) && existsSync(context)) return context;
  const { workingDir } = service.container;
  if (workingDir === undefined || !/(^|\/)(node|bun|deno)(:|$)/.test(service.image ?? '')) return undefined;
  for (const mount of service.mounts) {
    if (mount.type !== 'bind') continue;
    const below = posix.relative(mount.target, workingDir);
    if (!below.startsWith('..') && existsSync(join(mount.source, below))) return join(mount.source, below);
  }
  return undefined;
}

function found(command: ProcessCommand): CommandFinding {
  return { ok: true, found: command };
}

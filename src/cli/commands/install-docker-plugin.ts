import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PortsideError } from '../../model/index.js';
import type { PluginOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { isShim, shimText } from '../plugin/shim.js';
import { pluginProgram } from '../plugin-program.js';

const name = 'docker-portside';

/** Makes `docker portside ...` run this portside, or with `--uninstall` no longer; says whether anything changed. */
export async function installDockerPlugin({ context, options, output }: Invocation<PluginOptions>): Promise<number> {
  const { uninstall = false, force = false } = options;
  const folder = join(context.environment['DOCKER_CONFIG'] || join(homedir(), '.docker'), 'cli-plugins');
  const file = join(folder, name);
  const verb = uninstall ? 'remove' : 'install';
  if (process.platform === 'win32') {
    throw new PortsideError(
      'DOCKER_PLUGIN_FAILED',
      `Cannot ${verb} ${file}: on Windows a plugin must be an .exe file.`,
      {
        hint: 'Run portside itself: npx portside up.',
      },
    );
  }
  const program = pluginProgram();
  const after = uninstall ? undefined : shimText(process.execPath, program);
  let before: string | undefined;
  try {
    before = contentOf(file);
    if (before !== undefined && !force && !isShim(before)) throw foreign(verb, file);
    if (before !== after) replace(folder, file, after);
  } catch (error) {
    throw PortsideError.is(error) ? error : failed(verb, file, error);
  }
  const changed = before !== after;
  output.result({ file, changed }, () => {
    if (uninstall) return changed ? `${file} removed` : `${file} is not there`;
    return `${file} ${changed ? 'written' : 'is up to date'}: try docker portside plan`;
  });
  return exitCodes.ok;
}

/** The file's content; empty for what is no ordinary file, `undefined` where there is nothing. */
function contentOf(file: string): string | undefined {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isFile() ? readFileSync(file, 'utf8') : '';
}

/** Writes beside the file first: docker never finds half a plugin, and a symbolic link is replaced instead of followed. */
function replace(folder: string, file: string, content: string | undefined): void {
  if (content === undefined) {
    rmSync(file);
    return;
  }
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${name}.${process.pid}`);
  try {
    writeFileSync(draft, content, { mode: 0o755 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

function foreign(verb: string, file: string): PortsideError {
  return new PortsideError(
    'DOCKER_PLUGIN_FAILED',
    `Cannot ${verb} ${file}: a file of that name is there that portside did not write.`,
    {
      hint: 'Look at it; with --force it is replaced or removed all the same.',
    },
  );
}

function failed(verb: string, file: string, cause: unknown): PortsideError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PortsideError('DOCKER_PLUGIN_FAILED', `Cannot ${verb} ${file}: ${reason}.`, {
    hint: 'Make the folder writable, or name another one in DOCKER_CONFIG.',
    cause,
  });
}

import { existsSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { isExecutable } from '../model/index.js';
import { type NotStarted, notStarted } from './not-started.js';

/** What is used where `PATH` is not set, as the system does. */
const defaultPath = '/bin:/usr/bin';

/**
 * Tells ahead how a command would fail to start: a slip of the pen is to be told before services start for it. It looks where the
 * system will look (execvp): at the path, if the command is one, otherwise in the folders of `PATH`. `undefined` when the program is there,
 * and on Windows, which has rules of its own.
 */
export function notRunnable(
  command: string,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): NotStarted | undefined {
  if (process.platform === 'win32') return undefined;
  const folders = command.includes('/') ? [''] : (environment['PATH'] ?? defaultPath).split(delimiter);
  const places = folders.map((folder) => resolve(cwd, folder, command));
  if (places.some(isExecutable)) return undefined;
  const code = places.some((place) => existsSync(place)) ? 'EACCES' : 'ENOENT';
  return notStarted(command, { code, message: code });
}

import { readFile, rm } from 'node:fs/promises';
import { say } from './say.mjs';

/** Where dockerd and the containerd that it starts write their process ids. */
const PID_FILES = ['/var/run/docker.pid', '/var/run/docker/containerd/containerd.pid'];

/**
 * Removes the process id files that a killed engine has left: the next one takes them for a running engine and refuses to
 * start, also when the process is only a zombie that nobody has collected.
 */
export async function removeStalePids(files = PID_FILES) {
  for (const file of files) {
    const pid = await readFile(file, 'utf8').catch(() => undefined);
    if (pid === undefined || (await runs(pid.trim()))) continue;
    say(`removing ${file}: the process that it names has ended`);
    await rm(file, { force: true });
  }
}

/** Whether a process of this id runs, by /proc: a zombie does not. */
async function runs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat !== undefined && !/^Z/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

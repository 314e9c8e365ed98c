import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Docker from 'dockerode';
import { canInstallPackages, installPackages } from '../../scripts/lib/debian.mjs';
import { capture, must } from '../../scripts/lib/exec.mjs';
import { demoFile } from './demo-stack.mjs';
import { untilAnswers } from './probes.mjs';

/** The host ports of the demo stack's file, which the Compose tool takes as they stand there. */
const ports = { postgres: 5432, redis: 6379, api: 8080 };

/**
 * Prepares to start the demo stack with the Compose tool: `docker compose`, or else `docker-compose`, which is installed where it
 * can be. Gives `up` and `down`, the names of what is run; `start()`, which resolves once all services answer, to what removes them; and
 * `close()`, which removes what was prepared. Where this cannot be done it says why and gives `undefined`.
 */
export async function composeStarter(apiImage, say) {
  const leftOut = (why) => void say(`the rows of the Compose tool are left out: ${why}`);
  const tool = await findTool();
  if (tool === undefined)
    return leftOut('there is neither "docker compose" nor "docker-compose", nor can it be installed');
  const taken = [];
  for (const port of Object.values(ports)) if (await isTaken(port)) taken.push(port);
  if (taken.length > 0)
    return leftOut(`it needs the ports that the file names, and somebody has ${taken.join(' and ')}`);

  const project = `portside-bench-${process.pid}`;
  const folder = mkdtempSync(join(tmpdir(), 'psb-'));
  const file = tool.waits ? demoFile : withoutName(demoFile, folder);
  const place = ['--file', file, '--project-directory', dirname(demoFile), '--project-name', project];
  const command = [...tool.command, ...place];
  const run = (...args) => must(command[0], [...command.slice(1), ...args]);
  const repo = `${project}${tool.waits ? '-' : '_'}api`;
  const docker = new Docker();
  await docker.getImage(apiImage).tag({ repo, tag: 'latest' });
  const start = async () => {
    await run('up', '--detach', '--no-build', ...(tool.waits ? ['--wait'] : []));
    await Promise.all(Object.entries(ports).map(([service, port]) => untilAnswers(service, port)));
    return () => run('down', '--volumes', '--timeout', '0');
  };
  const name = `${tool.command.join(' ')} ${tool.version}`;
  return {
    up: tool.waits ? `${name} up --wait` : `${name} up -d (it has no --wait), until all answer`,
    down: `${name} down`,
    start,
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await docker.getImage(`${repo}:latest`).remove();
    },
  };
}

/** Writes the file anew without the key `name`, which version 1 does not know. */
function withoutName(file, folder) {
  const path = join(folder, basename(file));
  writeFileSync(path, readFileSync(file, 'utf8').replace(/^name:.*$/m, ''));
  return path;
}

/** Gives the command, its version, and whether it can wait for health: version 1 cannot. */
async function findTool() {
  const installed = await installedTool();
  if (installed !== undefined || !canInstallPackages()) return installed;
  await installPackages(['docker-compose']);
  return installedTool();
}

async function installedTool() {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    const { code, stdout } = await capture(command[0], [...command.slice(1), 'version', '--short']);
    const version = stdout.trim();
    if (code === 0) return { command, version, waits: !version.startsWith('1.') };
  }
  return undefined;
}

async function isTaken(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canInstallPackages, installPackages } from './debian.mjs';
import { capture, must, onPath } from './exec.mjs';
import { ScriptError, say } from './say.mjs';
import { removeStalePids } from './stale-pids.mjs';

const START_LIMIT_MS = 60_000;

/** The version of the Docker engine that answers, or undefined when none does. */
export async function engineVersion() {
  const { code, stdout } = await capture('docker', ['version', '--format', '{{.Server.Version}}'], { timeout: 10_000 });
  return code === 0 ? stdout.trim() : undefined;
}

/** Makes sure that a Docker engine answers: installs and starts one as root on Debian or Ubuntu. */
export async function ensureEngine() {
  if (await engineVersion()) return;
  const host = process.env['DOCKER_HOST'];
  if (host) {
    throw new ScriptError(
      `Cannot reach the Docker engine at DOCKER_HOST: it does not answer. Current value is ${host}.`,
      'Start that engine, or unset DOCKER_HOST to use the one on this machine.',
    );
  }
  if (!canInstallPackages()) {
    throw new ScriptError('Cannot reach a Docker engine: none answers on this machine.', await commandForHere());
  }
  if (!(await onPath('dockerd')) || !(await onPath('docker'))) {
    await installPackages(['docker.io', 'iptables', 'ca-certificates']);
    if (!(await onPath('docker'))) await installPackages(['docker-cli']);
  }
  await startEngine();
}

/** Starts the installed engine and waits until it answers. */
async function startEngine() {
  if (existsSync('/run/systemd/system')) {
    say('starting the Docker engine with systemctl');
    await must('systemctl', ['start', 'docker']);
    return;
  }
  await removeStalePids();
  const log = path.join(tmpdir(), 'portside-dockerd.log');
  say(`starting the Docker engine (dockerd, log in ${log})`);
  const file = openSync(log, 'a');
  const child = spawn('dockerd', [], { detached: true, stdio: ['ignore', file, file] });
  let ended = false;
  child.once('error', () => (ended = true)).once('exit', () => (ended = true));
  child.unref();
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await engineVersion())) {
    if (ended || Date.now() > deadline) {
      const last = (await readFile(log, 'utf8')).trim().split('\n').slice(-10).join('\n');
      const what = ended ? 'dockerd ended' : `it did not answer within ${START_LIMIT_MS / 1000} s`;
      throw new ScriptError(
        `Cannot start the Docker engine: ${what}. Its last lines:\n${last}`,
        'Start a Docker engine in another way and run this again; without --docker none is needed.',
      );
    }
    await sleep(200);
  }
}

/** The command that gives this machine an engine. */
async function commandForHere() {
  if (process.platform === 'darwin')
    return 'Run "brew install colima docker && colima start", or start Docker Desktop.';
  if (process.platform === 'win32') return 'Start Docker Desktop ("winget install Docker.DockerDesktop" installs it).';
  if (await onPath('dockerd')) return 'Run "sudo systemctl start docker" and "sudo usermod -aG docker $USER".';
  if (await onPath('apt-get')) return 'Run "sudo apt-get install docker.io" and "sudo usermod -aG docker $USER".';
  if (await onPath('dnf')) return 'Run "sudo dnf install moby-engine && sudo systemctl start docker".';
  return 'Install and start a Docker engine, so that "docker version" shows a server.';
}

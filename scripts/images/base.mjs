import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { debianSystem, distributionSources, installPackages } from '../lib/debian.mjs';
import { capture, must, onPath } from '../lib/exec.mjs';
import { ScriptError, say } from '../lib/say.mjs';

const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';
const POLICY = '#!/bin/sh\nexit 101\n';
const NO_DOCUMENTATION = ['doc', 'man', 'info', 'locale'].map((name) => `path-exclude=/usr/share/${name}/*\n`).join('');

/** Builds a minimal image of this machine's own distribution and resolves to its tag; does nothing when it exists. */
export async function ensureBaseImage() {
  const { name, codename } = debianSystem();
  const tag = `portside-base:${codename}`;
  if ((await capture('docker', ['image', 'inspect', tag])).code === 0) return tag;

  const sources = await distributionSources(codename);
  const main = sources.find(({ suite }) => suite === codename);
  if (!main) {
    throw new ScriptError(
      `Cannot build the base image: no apt source for "${codename}" is set up on this machine.`,
      'Add the distribution to /etc/apt/sources.list and run this again.',
    );
  }
  if (!(await onPath('debootstrap'))) await installPackages(['debootstrap']);

  say(`building the base image ${tag} from the packages of ${name} (about a minute)`);
  const folder = await mkdtemp(path.join(tmpdir(), 'portside-base-'));
  try {
    const components = `--components=${main.components.split(/\s+/).join(',')}`;
    await must('debootstrap', ['--variant=minbase', components, codename, folder, main.uri]);
    await writeAptFiles(folder, sources);
    await rm(path.join(folder, 'var/cache/apt/archives'), { recursive: true, force: true });
    await mkdir(path.join(folder, 'var/cache/apt/archives/partial'), { recursive: true });
    const label = 'LABEL dev.portside.standin=true';
    await must('sh', ['-c', 'tar -C "$0" -c . | docker import -c "$1" -c "CMD [\\"sh\\"]" - "$2"', folder, label, tag]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return tag;
}

/** Gives the new system this machine's package sources, apt connection settings and certificates. */
async function writeAptFiles(folder, sources) {
  const lines = sources.map(({ uri, suite, components, signedBy }) => {
    const trusted = signedBy?.startsWith('/') && existsSync(path.join(folder, signedBy));
    return `deb ${trusted ? `[signed-by=${signedBy}] ` : ''}${uri} ${suite} ${components}\n`;
  });
  const settings = (await must('apt-config', ['dump'])).split('\n');
  const connection = settings.filter((line) => /^Acquire::(https?|Check-|Retries|ForceIPv)/i.test(line));
  await writeFile(path.join(folder, 'etc/apt/sources.list'), lines.join(''));
  await writeFile(path.join(folder, 'etc/apt/apt.conf.d/90host'), `${connection.join('\n')}\n`);
  await writeFile(path.join(folder, 'etc/dpkg/dpkg.cfg.d/90small'), NO_DOCUMENTATION);
  await writeFile(path.join(folder, 'usr/sbin/policy-rc.d'), POLICY, { mode: 0o755 });
  if (!existsSync(CERTIFICATES)) return;
  await mkdir(path.join(folder, path.dirname(CERTIFICATES)), { recursive: true });
  await copyFile(CERTIFICATES, path.join(folder, CERTIFICATES));
}

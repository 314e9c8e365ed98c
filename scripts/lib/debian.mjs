import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { must } from './exec.mjs';
import { say } from './say.mjs';

const POLICY = '/usr/sbin/policy-rc.d';

/** The name and code name of this Debian or Ubuntu system, or undefined elsewhere. */
export function debianSystem() {
  if (!existsSync('/etc/os-release')) return undefined;
  const pairs = readFileSync('/etc/os-release', 'utf8')
    .split('\n')
    .map((line) => line.match(/^(\w+)="?(.*?)"?$/))
    .filter(Boolean)
    .map(([, key, value]) => [key, value]);
  const release = Object.fromEntries(pairs);
  const family = `${release.ID} ${release.ID_LIKE ?? ''}`.split(' ');
  if (!family.includes('debian') && !family.includes('ubuntu')) return undefined;
  return { name: release.PRETTY_NAME, codename: release.UBUNTU_CODENAME || release.VERSION_CODENAME };
}

/** Says whether packages can be installed here: Debian or Ubuntu, run as root. */
export function canInstallPackages() {
  return debianSystem() !== undefined && process.getuid?.() === 0;
}

/** Installs Debian packages without starting the services that come with them. */
export async function installPackages(packages) {
  say(`installing with apt-get: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const holdServices = !existsSync(POLICY);
  if (holdServices) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await must('apt-get', ['update', '-q'], { env });
    await must('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], { env });
  } finally {
    if (holdServices) rmSync(POLICY, { force: true });
  }
}

/** The package sources of the distribution itself (no third party's), one entry for each address and suite. */
export async function distributionSources(codename, folder = '/etc/apt') {
  const parts = await readdir(`${folder}/sources.list.d`).catch(() => []);
  const files = ['sources.list', ...parts.map((name) => `sources.list.d/${name}`)];
  const entries = [];
  for (const file of files) {
    const text = await readFile(`${folder}/${file}`, 'utf8').catch(() => '');
    if (file.endsWith('.sources')) entries.push(...deb822Entries(text));
    else if (file.endsWith('.list')) entries.push(...oneLineEntries(text));
  }
  return entries.filter(({ suite }) => suite === codename || suite.startsWith(`${codename}-`));
}

/** The entries of a file in the older format, one `deb` line each. */
function oneLineEntries(text) {
  return text.split('\n').flatMap((line) => {
    const match = line.match(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s+(.+)$/);
    if (!match) return [];
    const [, options = '', uri, suite, components] = match;
    return [{ uri, suite, components: components.trim(), signedBy: options.match(/signed-by=(\S+)/)?.[1] }];
  });
}

/** The entries of a file in the newer format, stanzas of `Key: value` lines. */
function deb822Entries(text) {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (name) => stanza.match(new RegExp(`^${name}:[ \\t]*(.+)$`, 'im'))?.[1].trim() ?? '';
    if (!field('Types').split(' ').includes('deb') || /^no$/i.test(field('Enabled'))) return [];
    const common = { components: field('Components'), signedBy: field('Signed-By') || undefined };
    const uris = field('URIs').split(/\s+/);
    const suites = field('Suites').split(/\s+/);
    return uris.flatMap((uri) => suites.map((suite) => ({ uri, suite, ...common })));
  });
}

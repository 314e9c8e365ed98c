import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { distributionSources } from './debian.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

async function aptFolder(files) {
  const folder = await mkdtemp(path.join(tmpdir(), 'portside-apt-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'sources.list.d'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

test('distributionSources() reads one-line entries with and without options', async () => {
  const folder = await aptFolder({
    'sources.list': [
      '# deb http://mirror.test/commented trixie main',
      'deb http://mirror.test/debian trixie main contrib',
      `deb [arch=amd64 signed-by=${KEYRING}] http://mirror.test/security trixie-security main`,
      'deb-src http://mirror.test/debian trixie main',
    ].join('\n'),
  });
  expect(await distributionSources('trixie', folder)).toEqual([
    { uri: 'http://mirror.test/debian', suite: 'trixie', components: 'main contrib', signedBy: undefined },
    { uri: 'http://mirror.test/security', suite: 'trixie-security', components: 'main', signedBy: KEYRING },
  ]);
});

test('distributionSources() reads stanzas, an entry for each suite, and leaves third parties out', async () => {
  const folder = await aptFolder({
    'sources.list.d/debian.sources': [
      'Types: deb deb-src',
      'URIs: http://mirror.test/debian',
      'Suites: trixie trixie-updates',
      'Components: main',
      `Signed-By: ${KEYRING}`,
      '',
      'Types: deb',
      'Enabled: no',
      'URIs: http://mirror.test/off',
      'Suites: trixie',
      'Components: main',
    ].join('\n'),
    'sources.list.d/other.sources': 'Types: deb\nURIs: http://other.test\nSuites: stable\nComponents: main\n',
  });
  const common = { uri: 'http://mirror.test/debian', components: 'main', signedBy: KEYRING };
  expect(await distributionSources('trixie', folder)).toEqual([
    { ...common, suite: 'trixie' },
    { ...common, suite: 'trixie-updates' },
  ]);
});

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registryAuth, registryOf } from './registry-auth.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-auth-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function environmentWith(config: object): Record<string, string | undefined> {
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return { DOCKER_CONFIG: folder, PATH: `${folder}${delimiter}${process.env['PATH']}` };
}

/** A credential helper that knows one registry, as Docker's protocol has it. */
function helper(name: string, registry: string, answer: object): void {
  const path = join(folder, `docker-credential-${name}`);
  const script = `#!/bin/sh\nread address\n[ "$1 $address" = "get ${registry}" ] || { echo no credentials; exit 1; }\necho '${JSON.stringify(answer)}'\n`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

describe('registryOf', () => {
  it('gives the host that the name begins with, else Docker Hub', () => {
    const images = ['redis', 'library/redis:7', 'ghcr.io/a/b:1', 'localhost/x', 'host:5000/x', 'team/app'];
    expect(images.map(registryOf)).toEqual([
      'docker.io',
      'docker.io',
      'ghcr.io',
      'localhost',
      'host:5000',
      'docker.io',
    ]);
  });
});

describe('registryAuth', () => {
  it('reads what `docker login` stored in the configuration, also for Docker Hub', async () => {
    const auth = Buffer.from('me:pa:ss').toString('base64');
    const environment = environmentWith({
      auths: { 'https://index.docker.io/v1/': { auth }, 'https://ghcr.io': { identitytoken: 'token' } },
    });
    expect(await registryAuth('docker.io', environment)).toEqual({
      serveraddress: 'https://index.docker.io/v1/',
      username: 'me',
      password: 'pa:ss',
    });
    expect(await registryAuth('ghcr.io', environment)).toEqual({ serveraddress: 'ghcr.io', identitytoken: 'token' });
    expect(await registryAuth('quay.io', environment)).toBeUndefined();
  });

  it('asks the credential helper of the registry, or the one for all', async () => {
    helper('one', 'ghcr.io', { ServerURL: 'ghcr.io', Username: 'me', Secret: 'secret' });
    helper('all', 'quay.io', { ServerURL: 'quay.io', Username: '<token>', Secret: 'abc' });
    const environment = environmentWith({ credHelpers: { 'ghcr.io': 'one' }, credsStore: 'all' });
    expect(await registryAuth('ghcr.io', environment)).toEqual({
      serveraddress: 'ghcr.io',
      username: 'me',
      password: 'secret',
    });
    expect(await registryAuth('quay.io', environment)).toEqual({ serveraddress: 'quay.io', identitytoken: 'abc' });
    expect(await registryAuth('docker.io', environment)).toBeUndefined();
  });

  it('gives nothing when there is no configuration, or the helper is not installed', async () => {
    expect(await registryAuth('ghcr.io', { DOCKER_CONFIG: join(folder, 'none') })).toBeUndefined();
    expect(await registryAuth('ghcr.io', environmentWith({ credsStore: 'not-installed' }))).toBeUndefined();
  });
});

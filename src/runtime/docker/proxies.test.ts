import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { proxyVariables } from './proxies.js';

const socket = 'unix:///var/run/docker.sock';

function variables(config: object, engine = socket): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'portside-proxies-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  return proxyVariables(engine, { DOCKER_CONFIG: folder });
}

it('gives each proxy of the configuration in upper and in lower case', () => {
  const proxies = {
    default: { httpProxy: 'http://p:1', httpsProxy: 'http://p:2', noProxy: 'a,b', ftpProxy: 'f', allProxy: 'all' },
  };
  expect(variables({ proxies })).toEqual({
    HTTP_PROXY: 'http://p:1',
    http_proxy: 'http://p:1',
    HTTPS_PROXY: 'http://p:2',
    https_proxy: 'http://p:2',
    NO_PROXY: 'a,b',
    no_proxy: 'a,b',
    FTP_PROXY: 'f',
    ftp_proxy: 'f',
    ALL_PROXY: 'all',
    all_proxy: 'all',
  });
});

it('takes the proxies of one engine before those of all', () => {
  const proxies = { default: { httpProxy: 'any', noProxy: 'n' }, 'tcp://far:2376': { httpProxy: 'far' } };
  expect(variables({ proxies }, 'tcp://far:2376')).toEqual({ HTTP_PROXY: 'far', http_proxy: 'far' });
  expect(variables({ proxies })).toMatchObject({ HTTP_PROXY: 'any', no_proxy: 'n' });
});

it.each([{}, { proxies: null }, { proxies: { default: { httpProxy: '', noProxy: 1 } } }, { proxies: { other: {} } }])(
  'gives nothing for %j',
  (config) => expect(variables(config)).toEqual({}),
);

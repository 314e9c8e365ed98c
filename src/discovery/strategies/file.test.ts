import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FileStrategy } from './file.js';

function strategyOn(content: string, name = 'services.yaml') {
  const folder = mkdtempSync(join(tmpdir(), 'portside-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return { strategy: new FileStrategy({ path, now: () => 5 }), path };
}

test('H68 a YAML file gives addresses, registrations and lists of them', async () => {
  const { strategy } = strategyOn(`
services:
  cache: redis://:s3cret@10.0.0.1:6379/2
  orders: [10.0.0.2:8080, "http://[fd00::1]:8081"]
  db: { host: 10.0.0.3, port: 5432, kind: postgres, user: shop }
`);
  expect(await strategy.find('cache')).toMatchObject([
    { kind: 'redis', host: '10.0.0.1', port: 6379, password: 's3cret', database: 2, status: 'healthy' },
  ]);
  expect((await strategy.find('orders')).map(({ url }) => url)).toEqual([
    'tcp://10.0.0.2:8080',
    'http://[fd00::1]:8081',
  ]);
  expect(await strategy.find('db')).toMatchObject([{ kind: 'postgres', user: 'shop', database: 'shop' }]);
  expect([await strategy.find('nobody'), await strategy.find('constructor')]).toEqual([[], []]);
});

test('H68 a JSON file is read, without services: as well, and again when it has changed', async () => {
  const { strategy, path } = strategyOn('{"cache": "redis://127.0.0.1:1"}', 'services.json');
  expect(await strategy.find('cache')).toMatchObject([{ port: 1 }]);
  writeFileSync(path, '{"cache": "redis://127.0.0.1:23456"}');
  expect(await strategy.find('cache')).toMatchObject([{ port: 23_456 }]);
});

test('P21 P25 the registry file is read', async () => {
  const { strategy } = strategyOn('A:\n  address: tcp://127.0.0.1:54321\n  methods: [sum]\n');
  expect(await strategy.find('A')).toMatchObject([{ host: '127.0.0.1', port: 54_321 }]);
});

test('a file that is not there or says something else is told', async () => {
  const missing = new FileStrategy({ path: '/nowhere/services.yaml', now: () => 0 });
  await expect(missing.find('cache')).rejects.toThrow('ENOENT');
  expect(missing.describe()).toBe('/nowhere/services.yaml');
  await expect(strategyOn('[1]').strategy.find('cache')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(strategyOn('services: 5').strategy.find('cache')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(strategyOn('cache: nowhere').strategy.find('cache')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(strategyOn('cache: {host: a}').strategy.find('cache')).rejects.toMatchObject({
    code: 'REGISTRY_INVALID',
  });
});

test('the error of an address does not hold its password', async () => {
  const { strategy } = strategyOn('cache: "foo://u:s3cret@"');
  await expect(strategy.find('cache')).rejects.toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('s3cret') }),
  );
});

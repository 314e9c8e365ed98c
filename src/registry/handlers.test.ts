import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { handlerDocument, mirrorToFile } from './handlers.js';
import { endpointOf } from './registration.js';
import { ServiceRegistry } from './service-registry.js';

const handler = (id: string, port: number, methods = '') =>
  endpointOf(id, { name: 'handler', host: '127.0.0.1', port, metadata: methods ? { methods } : {} }, { now: 0 });

test('P19 a handler is shown with its id, its real address and its methods', () => {
  expect(handlerDocument(handler('A', 54_321, 'sum, mean'))).toEqual({
    handler_id: 'A',
    address: 'tcp://127.0.0.1:54321',
    methods: ['sum', 'mean'],
  });
});

test('P21 the registry file holds address and methods of every handler, in new folders too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-handlers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'deployments/default/handler_registry.yaml');
  const registry = new ServiceRegistry({ now: () => 0 });
  const read = (): unknown => parse(readFileSync(path, 'utf8'));
  const end = mirrorToFile(registry, path, (error) => expect.unreachable(String(error)));
  registry.register(handler('A', 54_321, 'sum,mean'));
  registry.register(handler('B', 54_322));
  const entry = { address: 'tcp://127.0.0.1:54321', methods: ['sum', 'mean'] };
  await expect
    .poll(read, { timeout: 30_000 })
    .toEqual({ A: entry, B: { address: 'tcp://127.0.0.1:54322', methods: [] } });
  registry.deregister('B');
  await end();
  expect(read()).toEqual({ A: entry });
  expect(readdirSync(join(path, '..'))).toEqual(['handler_registry.yaml']);
});

test('a file that cannot be written is told of', async () => {
  const errors: unknown[] = [];
  const path = join(import.meta.filename, 'registry.yaml');
  const end = mirrorToFile(new ServiceRegistry({ now: () => 0 }), path, (error) => errors.push(error));
  await end();
  expect(errors).toHaveLength(1);
});

test('a write that fails leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-handlers-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'registry.yaml');
  mkdirSync(path);
  const errors: unknown[] = [];
  const end = mirrorToFile(new ServiceRegistry({ now: () => 0 }), path, (error) => errors.push(error));
  await end();
  expect(errors).toMatchObject([{ syscall: 'rename' }]);
  expect(readdirSync(folder)).toEqual(['registry.yaml']);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { licensesOf } from './licenses.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'ps-licences-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(name, files) {
  const folder = path.join(root, 'node_modules', name);
  mkdirSync(path.join(folder, 'lib'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  return path.join(folder, 'lib/index.js');
}

test('each package is named once, with the text of its licence, and the project itself is not', () => {
  const pino = put('pino', {
    'package.json': '{"name":"pino","version":"1.2.3","license":"MIT"}',
    LICENSE: 'Be free.\n',
  });
  const ajv = put('@fastify/ajv', { 'package.json': '{"name":"@fastify/ajv","version":"4.0.0","license":"ISC"}' });
  const text = licensesOf([pino, `${pino}.other`, ajv, path.join(root, 'src/index.js')]);
  expect(text.split(/\n-+\n\n/)).toEqual(['@fastify/ajv 4.0.0 (ISC)\n', 'pino 1.2.3 (MIT)\n\nBe free.\n']);
});

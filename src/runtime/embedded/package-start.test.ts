import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageStart, scriptOf } from './package-start.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-start-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const put = (manifest: object) => writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));

describe('packageStart', () => {
  it.each([
    ['node server.js', ['node', 'server.js'], {}],
    [
      "NODE_ENV=test A='b c' node --import tsx src/main.ts",
      ['node', '--import', 'tsx', 'src/main.ts'],
      { NODE_ENV: 'test', A: 'b c' },
    ],
    ['tsx src/main.ts', ['/bin/sh', '-c', 'tsx src/main.ts'], {}],
    ['node a.js && node b.js', ['/bin/sh', '-c', 'node a.js && node b.js'], {}],
    ['node server.js --port $PORT', ['/bin/sh', '-c', 'node server.js --port $PORT'], {}],
  ])('runs the script %j', (start, command, environment) => {
    put({ scripts: { start } });
    expect(packageStart(folder)).toEqual({ command, environment });
  });

  it('leaves a script with another before it to npm', () => {
    put({ scripts: { start: 'node x.js', prestart: 'build' } });
    expect(packageStart(folder)?.command).toEqual(['npm', 'run', 'start']);
  });

  it('runs the main file where there is no script, and knows nothing where there is neither', () => {
    expect(packageStart(folder)).toBeUndefined();
    put({ main: 'main.js' });
    expect(packageStart(folder)).toBeUndefined();
    writeFileSync(join(folder, 'main.js'), '');
    expect(packageStart(folder)?.command).toEqual(['node', 'main.js']);
    put({});
    writeFileSync(join(folder, 'server.js'), '');
    expect(packageStart(folder)?.command).toEqual(['node', 'server.js']);
    expect(packageStart(folder, 'dev')).toBeUndefined();
  });
});

it.each([
  [['npm', 'start'], 'start'],
  [['npm', 'run', 'dev'], 'dev'],
  [['npm', 'run', '--silent', 'dev'], 'dev'],
  [['yarn', 'serve'], 'serve'],
  [['pnpm', 'run', 'dev'], 'dev'],
  [['npm', 'ci'], undefined],
  [['npm', 'run', 'dev', '--', '--port', '1'], undefined],
  [['node', 'start'], undefined],
])('scriptOf finds in %j %j', (command, script) => {
  expect(scriptOf(command)).toBe(script);
});

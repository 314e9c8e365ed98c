import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findConfigFile } from './find-config.js';

describe('findConfigFile', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'portside-find-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function files(...paths: readonly (string | readonly [string, string])[]): void {
    for (const entry of paths) {
      const [path, content] = typeof entry === 'string' ? [entry, '{}'] : entry;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  }

  it('takes the file in the folder itself, TypeScript before the other endings', () => {
    files('.git/HEAD', 'portside.config.ts', 'portside.config.json', 'a/portside.config.mjs');
    expect(findConfigFile(root)).toBe(join(root, 'portside.config.ts'));
    expect(findConfigFile(join(root, 'a'))).toBe(join(root, 'a/portside.config.mjs'));
  });

  it.each([
    ['.git', ['.git/HEAD', 'packages/shop/package.json']],
    ['workspaces', [['package.json', '{"workspaces":["packages/*"]}'], 'packages/shop/package.json'] as const],
    ['pnpm-workspace.yaml', ['pnpm-workspace.yaml', 'packages/shop/package.json']],
  ])('looks up to the folder that has %s', (_, marks) => {
    files(...marks, 'portside.config.js', 'packages/shop/src/index.js');
    expect(findConfigFile(join(root, 'packages/shop/src'))).toBe(join(root, 'portside.config.js'));
  });

  it('does not run a file that lies above the project', () => {
    files('portside.config.js', 'shop/package.json', 'shop/src/index.js', 'bare/readme.md', 'cloned/.git/HEAD');
    for (const folder of ['shop', 'shop/src', 'bare', 'cloned']) {
      expect(findConfigFile(join(root, folder))).toBeUndefined();
    }
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { worker } from '../../test/support/service-definition.js';
import type { EnvironmentDefinition } from '../model/index.js';
import { grantedText } from './granted-text.js';

test('grantedText() finds what a service sees at a path, wherever it comes from', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-granted-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'secret'), 'from a file');
  const service = worker('a', {
    secrets: [
      { source: 'file', target: '/run/secrets/file' },
      { source: 'none', target: '/run/secrets/none' },
    ],
    configs: [
      { source: 'text', target: '/text' },
      { source: 'kept', target: '/kept' },
    ],
    mounts: [
      { type: 'bind', source: join(folder, 'secret'), target: '/mounted', readOnly: true, createHostPath: false },
      { type: 'volume', source: 'v', target: '/volume', readOnly: false },
    ],
  });
  const definition = {
    secrets: {
      file: { type: 'file', path: join(folder, 'secret') },
      none: { type: 'file', path: join(folder, 'none') },
    },
    configs: { text: { type: 'content', content: 'as it is' }, kept: { type: 'external', name: 'kept' } },
  } as unknown as EnvironmentDefinition;
  const at = (path: string) => grantedText(service, definition, path);
  expect(at('/run/secrets/file')).toBe('from a file');
  expect(at('/text')).toBe('as it is');
  expect(at('/mounted')).toBe('from a file');
  for (const path of ['/run/secrets/none', '/kept', '/volume', '/nowhere']) expect(at(path)).toBeUndefined();
});

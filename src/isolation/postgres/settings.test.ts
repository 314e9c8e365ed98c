import { expect, it } from 'vitest';
import { applySettings } from './settings.js';

it('gives a database and a role their settings', () => {
  const settings = [
    { of: 'database', name: 'search_path', value: '"$user", public' },
    { of: 'role', name: 'my.app', value: "it's \\ set" },
  ] as const;
  expect(applySettings(settings, 'a"b', 'c')).toEqual([
    'ALTER DATABASE "a""b" SET "search_path" TO "$user", public',
    `ALTER ROLE "c" SET "my.app" TO  E'it''s \\\\ set'`,
  ]);
});

it('writes an empty list as an empty text', () => {
  expect(applySettings([{ of: 'database', name: 'search_path', value: '' }], 'a', 'b')).toEqual([
    `ALTER DATABASE "a" SET "search_path" TO ''`,
  ]);
});

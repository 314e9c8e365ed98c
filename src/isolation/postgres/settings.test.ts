import { expect, it } from 'vitest';
import { applySettings } from './settings.js';

it('gives a database and a role their settings and takes all others away', () => {
  const settings = [
    { of: 'database', name: 'search_path', value: '"$user", public' },
    { of: 'role', name: 'my.app', value: "it's \\ set" },
  ] as const;
  expect(applySettings(settings, 'a"b', 'c').split('; ')).toEqual([
    'ALTER DATABASE "a""b" RESET ALL',
    'ALTER ROLE "c" RESET ALL',
    'ALTER DATABASE "a""b" SET "search_path" TO "$user", public',
    `ALTER ROLE "c" SET "my.app" TO  E'it''s \\\\ set'`,
  ]);
});

it('writes an empty list as an empty text', () => {
  expect(applySettings([{ of: 'database', name: 'search_path', value: '' }], 'a', 'b')).toContain(
    `SET "search_path" TO ''`,
  );
});

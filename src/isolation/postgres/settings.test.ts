import { expect, it } from 'vitest';
import { applySettings, settingsForOther } from './settings.js';

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

it.each([
  ['"$user", public', '"a""pp", public'],
  ['$user,public', '"a""pp",public'],
  ['shop, "x$user", "$userx"', 'shop, "x$user", "$userx"'],
])('lets the path %s of a user go on to mean its schema for another role', (value, expected) => {
  const schema = { name: 'a"pp', usualPath: value };
  const path = { of: 'role', name: 'search_path', value: expected } as const;
  expect(settingsForOther([], schema)).toEqual([path]);
  const settings = [
    { of: 'database', name: 'search_path', value },
    { of: 'role', name: 'my.app', value: '"$user"' },
  ] as const;
  expect(settingsForOther(settings, schema)).toEqual([{ ...path, of: 'database' }, settings[1]]);
  expect(settingsForOther(settings, undefined)).toEqual(settings);
});

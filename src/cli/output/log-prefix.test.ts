import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';
import { logPrefixer } from './log-prefix.js';

const line = { replica: 1, stream: 'stdout', text: '' } as const;

test('logPrefixer pads names to one width and numbers further replicas', () => {
  const prefix = logPrefixer(['api', 'postgres'], colorsFor({}, {}));
  expect(prefix({ ...line, service: 'api' })).toBe('api      | ');
  expect(prefix({ ...line, service: 'postgres' })).toBe('postgres | ');
  expect(prefix({ ...line, service: 'api', replica: 2 })).toBe('api-2    | ');
});

test('logPrefixer gives each service a colour of its own', () => {
  const prefix = logPrefixer(['api', 'db'], colorsFor({}, { FORCE_COLOR: '1' }));
  const color = (service: string): string => prefix({ ...line, service }).slice(0, 5);
  expect(color('api')).not.toBe(color('db'));
});

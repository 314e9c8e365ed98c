import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';
import { renderTable } from './table.js';

test('renderTable lines columns up and keeps no blanks at line ends', () => {
  const text = renderTable(
    ['SERVICE', 'ADDRESS'],
    [
      ['cache', 'redis://127.0.0.1:30001'],
      ['postgres-primary', ''],
    ],
    colorsFor({}, {}),
  );
  expect(text.split('\n')).toEqual([
    'SERVICE           ADDRESS',
    'cache             redis://127.0.0.1:30001',
    'postgres-primary',
  ]);
});

test('renderTable keeps the lines of a cell under each other', () => {
  const text = renderTable(['A', 'B'], [['x', '1\n2']], colorsFor({}, {}));
  expect(text.split('\n')).toEqual(['A  B', 'x  1', '   2']);
});

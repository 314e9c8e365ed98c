import { expect, it } from 'vitest';
import { snapshotsTable } from './snapshots-table.js';

it('shows what is kept, how large it is, and when it was made and used', () => {
  const plain = (text: string) => text;
  const colors = new Proxy({}, { get: () => plain }) as Parameters<typeof snapshotsTable>[1]['colors'];
  const kept = { key: 'abc', runtime: 'docker', service: 'db', from: 'postgres:16', bytes: 39_000_001 } as const;
  const text = snapshotsTable(
    [
      { ...kept, createdAt: 0, usedAt: 9000, usable: true },
      { ...kept, key: 'def', createdAt: 0, usedAt: 9500, usable: false },
    ],
    { now: 10_000, colors },
  );
  expect(text.split('\n').map((line) => line.split(/\s{2,}/))).toEqual([
    ['SNAPSHOT', 'RUNTIME', 'SERVICE', 'FROM', 'SIZE', 'MADE', 'USED'],
    ['abc', 'docker', 'db', 'postgres:16', '40 MB', '10.0 s ago', '1.0 s ago'],
    ['def', 'docker', 'db', 'postgres:16', '40 MB', 'too old', '500 ms ago'],
  ]);
});

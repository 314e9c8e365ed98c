import { expect, test } from 'vitest';
import { RejectionLog } from './rejection-log.js';

test('each reason is logged once a minute at most, with how many there were', () => {
  let time = 0;
  const lines: unknown[] = [];
  const log = new RejectionLog(
    (_, __, fields) => lines.push(fields),
    () => time,
  );
  const from = { source: '127.0.0.1', channel: '239.255.0.1:7001' };
  for (let count = 0; count < 1000; count++) log.add({ reason: 'forged', ...from });
  log.add({ reason: 'stale', ...from });
  time = 60_000;
  log.add({ reason: 'forged', ...from });
  expect(lines).toEqual([
    { reason: 'forged', count: 1, ...from },
    { reason: 'stale', count: 1, ...from },
    { reason: 'forged', count: 1000, ...from },
  ]);
});

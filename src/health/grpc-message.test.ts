import { expect, test } from 'vitest';
import { servingStatus } from './grpc-message.js';

const frame = (...message: readonly number[]) => Buffer.from([0, 0, 0, 0, message.length, ...message]);

test.each([
  [frame(), 'UNKNOWN'],
  [frame(0x08, 1), 'SERVING'],
  [frame(0x08, 2), 'NOT_SERVING'],
  [frame(0x08), 'UNKNOWN'],
  [frame(0x08, 9), 'status 9'],
  [frame(0x12, 1), 'status 1'],
  [Buffer.from([1, 0, 0, 0, 0]), 'nothing that can be read'],
  [Buffer.from([0, 0]), 'nothing that can be read'],
])('servingStatus() of %j is %s', (body, status) => {
  expect(servingStatus(body)).toBe(status);
});

import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import type { DockerContext } from './context.js';
import type { ContainerRecord } from './records.js';
import { renewRecord } from './renew.js';

const startedAt = '2026-01-01T00:00:10.000Z';
const context = { engine: { host: '127.0.0.1' } } as unknown as DockerContext;
const running = {
  State: { Status: 'running', Running: true, StartedAt: startedAt },
  NetworkSettings: { Ports: {} },
} as unknown as Docker.ContainerInspectInfo;

/** A container of which an event has told that it ended at this second. */
function endedAt(second: number): ContainerRecord {
  const service = { name: 'job', ports: [], definition: { container: {} } };
  const exit = { exitCode: 3, oomKilled: false };
  const record = { service, replica: 1, id: 'x', exit, endedAt: Date.parse('2026-01-01T00:00:00Z') / 1000 + second };
  return record as unknown as ContainerRecord;
}

it('keeps the end that an event has told before the answer from before it arrived', () => {
  const record = endedAt(10.25);
  renewRecord(context, record, running);
  expect(record.exit).toEqual({ exitCode: 3, oomKilled: false });
});

it('forgets the end before the start that the answer is of', () => {
  const record = endedAt(9.5);
  renewRecord(context, record, running);
  expect(record.exit).toBeUndefined();
  expect(record.running).toMatchObject({ id: 'x', replica: 1 });
});

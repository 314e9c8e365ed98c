import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withEnvironment } from '../../test/support/environment.js';
import { hostWorker } from '../../test/support/service-definition.js';
import type { ServiceDefinition } from '../model/index.js';
import { untilUnderWay } from './under-way.js';

const staying = (...[name, more]: [string, Partial<ServiceDefinition>?]) => hostWorker(name, ['sleep', '1000'], more);
const services = [
  staying('db'),
  staying('cache'),
  staying('off', { replicas: 0 }),
  staying('api', { dependsOn: [{ service: 'db', condition: 'service_started', required: true }] }),
];

test('a start is under way when all services that wait for no other are being started', async () => {
  await withEnvironment(services, async ({ environment }) => {
    let isUnderWay = false;
    const waiting = untilUnderWay(environment, 60_000).then(() => {
      isUnderWay = true;
    });
    environment.report('db', 'starting');
    environment.report('cache', 'creating');
    await sleep(20);
    expect(isUnderWay).toBe(false);
    environment.report('cache', 'starting');
    await waiting;
    await untilUnderWay(environment, 60_000);
  });
});

test('who waits for a start to be under way goes on when it has ended, or takes long', async () => {
  await withEnvironment(services, async ({ environment }) => {
    await untilUnderWay(environment, 10);
    expect(environment.progress.every(({ phase }) => phase === 'waiting')).toBe(true);
    const waiting = untilUnderWay(environment, 60_000);
    await environment.stop();
    await waiting;
    expect(environment.state.state).toBe('stopped');
  });
});

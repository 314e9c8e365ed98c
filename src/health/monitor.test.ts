import { afterEach, describe, expect, it } from 'vitest';
import { recordingTelemetry } from '../../test/support/telemetry.js';
import { PortsideError } from '../model/index.js';
import { type HealthChange, HealthMonitor } from './monitor.js';
import { notReady, type ProbeResult, ready } from './target.js';

const monitors: HealthMonitor[] = [];
const monitorOf = (...args: ConstructorParameters<typeof HealthMonitor>) => {
  const monitor = new HealthMonitor(...args);
  monitors.push(monitor);
  return monitor;
};
afterEach(() => {
  for (const monitor of monitors.splice(0)) monitor.close();
});

describe('HealthMonitor', () => {
  it('reports a target only after as many failed and passed checks in a row as its thresholds say', async () => {
    const monitor = monitorOf({ intervalMs: 3_600_000, failureThreshold: 2, successThreshold: 2 });
    const changes: HealthChange[] = [];
    monitor.subscribe((change) => changes.push(change));
    let result: ProbeResult = notReady('HTTP 503');
    monitor.add('api', async () => result);
    await monitor.checkNow('api');
    expect(changes).toEqual([]);
    await monitor.checkNow('api');
    expect(changes).toEqual([{ id: 'api', healthy: false, reason: 'HTTP 503' }]);
    result = ready;
    await monitor.checkNow('api');
    result = notReady('HTTP 503');
    await monitor.checkNow('api');
    result = ready;
    await monitor.checkNow('api');
    expect(monitor.isHealthy('api')).toBe(false);
    await monitor.checkNow('api');
    expect(changes.at(-1)).toEqual({ id: 'api', healthy: true });
  });

  it('checks a target again and again by itself, and delays none because another hangs', async () => {
    const monitor = monitorOf({ intervalMs: 5, timeoutMs: 3_600_000 });
    monitor.add('hung', () => new Promise(() => {}));
    await new Promise<void>((resolve) => {
      let checks = 0;
      monitor.add('fine', async () => {
        if (++checks === 5) resolve();
        return ready;
      });
    });
    expect(monitor.isHealthy('fine')).toBe(true);
  });

  it('counts a check that hangs longer than its timeout as failed', async () => {
    const monitor = monitorOf({ intervalMs: 1, timeoutMs: 5, failureThreshold: 1 });
    const change = new Promise<HealthChange>((resolve) => monitor.subscribe(resolve));
    monitor.add('hung', () => new Promise(() => {}));
    await expect(change).resolves.toEqual({ id: 'hung', healthy: false, reason: 'no answer within 5 ms' });
  });

  it('counts whatever a check rejects with as failed', async () => {
    const monitor = monitorOf({ intervalMs: 3_600_000, failureThreshold: 1 });
    const changes: HealthChange[] = [];
    monitor.subscribe((change) => changes.push(change));
    monitor.add('api', async () => {
      throw new PortsideError('REGISTRY_UNREACHABLE', 'Cannot reach the registry.');
    });
    monitor.add('cache', () => {
      throw new Error('not even a promise');
    });
    await monitor.checkNow('api');
    await monitor.checkNow('cache');
    expect(changes).toEqual([
      { id: 'api', healthy: false, reason: 'Cannot reach the registry.' },
      { id: 'cache', healthy: false, reason: 'not even a promise' },
    ]);
  });

  it('says nothing of a target after it was removed, nor to a listener that has left', async () => {
    const monitor = monitorOf({ failureThreshold: 1 });
    const changes: HealthChange[] = [];
    const leave = monitor.subscribe((change) => changes.push(change));
    let finish: (result: ProbeResult) => void = () => {};
    monitor.add('api', () => new Promise((resolve) => (finish = resolve)));
    const check = monitor.checkNow('api');
    monitor.remove('api');
    finish(notReady('gone'));
    await check;
    expect(monitor.isHealthy('api')).toBeUndefined();
    monitor.add('cache', async () => notReady('x'));
    leave();
    await monitor.checkNow('cache');
    expect(changes).toEqual([]);
  });

  it('H187 H188 counts checks by service and result, and the instances that are unhealthy now', async () => {
    const { telemetry, counted } = recordingTelemetry();
    const monitor = monitorOf({ intervalMs: 3_600_000, failureThreshold: 1, telemetry });
    let result: ProbeResult = notReady('x');
    monitor.add('cache-1', async () => result, { service: 'cache' });
    monitor.add('cache-2', async () => ready, { service: 'cache', healthy: false });
    for (const id of ['cache-1', 'cache-2', 'cache-1']) await monitor.checkNow(id);
    expect(counted()).toEqual({
      'discovery_health_checks_total cache failure': 2,
      'discovery_health_checks_total cache success': 1,
      'discovery_unhealthy_services cache': 1,
    });
    result = ready;
    await monitor.checkNow('cache-1');
    expect(counted()['discovery_unhealthy_services cache']).toBe(0);
    monitor.add('cache-2', async () => ready, { service: 'cache', healthy: false });
    monitor.close();
    expect(counted()['discovery_unhealthy_services cache']).toBe(0);
  });

  it('may be closed twice', () => {
    const monitor = monitorOf();
    monitor.add('api', async () => ready);
    monitor.close();
    monitor.close();
    expect(monitor.isHealthy('api')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { counters, gauges, histograms } from '../model/index.js';
import { MetricsStore } from './metrics.js';

const lines = async (store: MetricsStore): Promise<string[]> =>
  (await store.exposition()).text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('MetricsStore', () => {
  it.each([
    ['H173', 'discovery_ports_allocated_total', 'counter', ['service_type']],
    ['H174', 'discovery_ports_released_total', 'counter', ['service_type']],
    ['H175', 'discovery_port_conflicts_total', 'counter', ['service_type']],
    ['H176', 'discovery_services_registered_total', 'counter', ['service_name']],
    ['H177', 'discovery_services_deregistered_total', 'counter', ['service_name']],
    ['H178', 'discovery_service_lookups_total', 'counter', ['service_name', 'result']],
    ['H179', 'discovery_service_lookup_duration_seconds', 'histogram', ['service_name']],
    ['H180', 'discovery_requests_total', 'counter', ['strategy', 'result']],
    ['H181', 'discovery_request_duration_seconds', 'histogram', ['strategy']],
    ['H182', 'discovery_cache_hits_total', 'counter', ['service_name']],
    ['H183', 'discovery_cache_misses_total', 'counter', ['service_name']],
    ['H184', 'discovery_announcements_sent_total', 'counter', ['action']],
    ['H185', 'discovery_announcements_received_total', 'counter', ['action']],
    ['H186', 'discovery_broadcast_errors_total', 'counter', ['type']],
    ['H187', 'discovery_health_checks_total', 'counter', ['service_name', 'result']],
    ['H188', 'discovery_unhealthy_services', 'gauge', ['service_name']],
  ])('%s has the metric %s, a %s with its labels', async (_, name, type, labels) => {
    const all = { ...counters, ...gauges, ...histograms } as Record<string, { labels: readonly string[] }>;
    expect(all[name]?.labels).toEqual(labels);
    expect((await new MetricsStore().exposition()).text).toContain(`# TYPE ${name} ${type}\n`);
  });

  it('H188 gives counts and values in the format of Prometheus, as they are when they are asked for', async () => {
    const store = new MetricsStore();
    const allocated = store.counter('discovery_ports_allocated_total', { service_type: 'database' });
    allocated.add();
    store.counter('discovery_ports_allocated_total', { service_type: 'database' }).add(2);
    store.counter('discovery_service_lookups_total', { service_name: 'a"b', result: 'success' }).add();
    store.gauge('discovery_unhealthy_services', { service_name: 'cache' }).set(2);
    expect((await store.exposition()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await lines(store)).toEqual([
      'discovery_ports_allocated_total{service_type="database"} 3',
      'discovery_service_lookups_total{service_name="a\\"b",result="success"} 1',
      'discovery_unhealthy_services{service_name="cache"} 2',
    ]);
    allocated.add();
    store.gauge('discovery_unhealthy_services', { service_name: 'cache' }).set(0);
    expect(await lines(store)).toEqual([
      'discovery_ports_allocated_total{service_type="database"} 4',
      'discovery_service_lookups_total{service_name="a\\"b",result="success"} 1',
      'discovery_unhealthy_services{service_name="cache"} 0',
    ]);
  });

  it('H179 H181 counts durations, before and after they are first asked for', async () => {
    const store = new MetricsStore();
    const dns = store.histogram('discovery_request_duration_seconds', { strategy: 'dns' });
    for (let index = 0; index < 20_000; index++) dns.observe(0.002);
    expect(await lines(store)).toContain('discovery_request_duration_seconds_count{strategy="dns"} 20000');
    dns.observe(7);
    store.histogram('discovery_request_duration_seconds', { strategy: 'file' }).observe(0.2);
    const text = await lines(store);
    expect(text).toContain('discovery_request_duration_seconds_bucket{le="0.005",strategy="dns"} 20000');
    expect(text).toContain('discovery_request_duration_seconds_bucket{le="10",strategy="dns"} 20001');
    expect(text).toContain('discovery_request_duration_seconds_sum{strategy="file"} 0.2');
  });

  it('counts services together from the thousandth name on', async () => {
    const store = new MetricsStore();
    for (let index = 0; index < 1500; index++) {
      store.counter('discovery_service_lookups_total', { service_name: `s${index}`, result: 'failure' }).add();
    }
    const text = await lines(store);
    expect(text).toHaveLength(1001);
    expect(text).toContain('discovery_service_lookups_total{service_name="other",result="failure"} 500');
  });
});

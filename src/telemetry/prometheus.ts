import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { counters, gauges, histograms } from '../model/index.js';
import type { DurationSeries, Exposition, MetricsStore } from './metrics.js';
import type { Labels, SeriesSet } from './series.js';

/** Bounds in seconds: from a look-up in memory to the longest wait of a discovery. */
const buckets = [0.000_01, 0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes what gives a store's metrics in the format of Prometheus. */
export function prometheusExposer(store: MetricsStore): () => Promise<Exposition> {
  const registry = new Registry();
  for (const [name, { help, labels }] of Object.entries(counters)) {
    new Counter({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        this.reset();
        for (const one of store.values[name]?.all ?? []) this.inc(one.labels, one.series.value);
      },
    });
  }
  for (const [name, { help, labels }] of Object.entries(gauges)) {
    new Gauge({
      name,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        for (const one of store.values[name]?.all ?? []) this.set(one.labels, one.series.value);
      },
    });
  }
  for (const [name, { help, labels }] of Object.entries(histograms)) {
    const series = store.durations[name] as SeriesSet<DurationSeries>;
    const connected = new Set<DurationSeries>();
    const connect = (histogram: Histogram): void => {
      for (const one of series.all) {
        if (connected.has(one.series)) continue;
        connected.add(one.series);
        const child = histogram.labels(one.labels as Labels);
        one.series.connect((seconds) => child.observe(seconds));
      }
    };
    connect(
      new Histogram({
        name,
        help,
        labelNames: labels,
        buckets,
        registers: [registry],
        collect() {
          connect(this);
        },
      }),
    );
  }
  return async () => ({ contentType: registry.contentType, text: await registry.metrics() });
}

import {
  type Counter,
  counters,
  type Gauge,
  gauges,
  type Histogram,
  histograms,
  type Metrics,
} from '../model/index.js';
import { type Labels, SeriesSet } from './series.js';

/** So many durations wait for the Prometheus client before it is loaded without having been asked for. */
const waiting = 10_000;

/** A series that adds up, or holds, a value. */
export class ValueSeries implements Counter, Gauge {
  value = 0;

  add(events = 1): void {
    this.value += events;
  }

  set(value: number): void {
    this.value = value;
  }
}

/** A series of durations: they wait until somebody takes them. */
export class DurationSeries implements Histogram {
  readonly #full: () => void;
  #waiting: number[] = [];
  #take: ((seconds: number) => void) | undefined;

  /** `full` is called when many durations wait. */
  constructor(full: () => void) {
    this.#full = full;
  }

  observe(seconds: number): void {
    if (this.#take !== undefined) this.#take(seconds);
    else if (this.#waiting.push(seconds) === waiting) this.#full();
  }

  /** Passes on what waits and all that comes later. */
  connect(take: (seconds: number) => void): void {
    this.#waiting.forEach(take);
    this.#waiting = [];
    this.#take = take;
  }
}

/** All metrics as text, for Prometheus. */
export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

/** Counts in this process. The Prometheus client is loaded when somebody asks for the text. */
export class MetricsStore implements Metrics {
  /** The series of each metric by its name. */
  readonly values: Readonly<Record<string, SeriesSet<ValueSeries>>>;
  readonly durations: Readonly<Record<string, SeriesSet<DurationSeries>>>;
  #exposer: Promise<() => Promise<Exposition>> | undefined;

  constructor() {
    this.values = each({ ...counters, ...gauges }, () => new ValueSeries());
    this.durations = each(histograms, () => new DurationSeries(() => void this.#load()));
  }

  counter(name: keyof typeof counters, labels: Labels): Counter {
    return seriesOf(this.values, name, labels);
  }

  gauge(name: keyof typeof gauges, labels: Labels): Gauge {
    return seriesOf(this.values, name, labels);
  }

  histogram(name: keyof typeof histograms, labels: Labels): Histogram {
    return seriesOf(this.durations, name, labels);
  }

  /** Gives all metrics in the format of Prometheus. */
  async exposition(): Promise<Exposition> {
    const expose = await this.#load();
    return expose();
  }

  #load(): Promise<() => Promise<Exposition>> {
    this.#exposer ??= import('./prometheus.js').then(({ prometheusExposer }) => prometheusExposer(this));
    return this.#exposer;
  }
}

function each<Series>(
  metrics: Readonly<Record<string, { readonly labels: readonly string[] }>>,
  make: () => Series,
): Readonly<Record<string, SeriesSet<Series>>> {
  return Object.fromEntries(Object.entries(metrics).map(([name, { labels }]) => [name, new SeriesSet(labels, make)]));
}

function seriesOf<Series>(metrics: Readonly<Record<string, SeriesSet<Series>>>, name: string, labels: Labels): Series {
  return (metrics[name] as SeriesSet<Series>).of(labels);
}

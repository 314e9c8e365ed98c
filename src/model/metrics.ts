/** The metrics that count events, each with its labels. */
export const counters = {
  discovery_announcements_received_total: { help: 'Announcements accepted.', labels: ['action'] },
  discovery_announcements_sent_total: { help: 'Announcements sent.', labels: ['action'] },
  discovery_broadcast_errors_total: { help: 'Announcements not sent, not read or not believed.', labels: ['type'] },
  discovery_cache_hits_total: { help: 'Discoveries answered from the cache.', labels: ['service_name'] },
  discovery_cache_misses_total: { help: 'Discoveries that the cache could not answer.', labels: ['service_name'] },
  discovery_health_checks_total: { help: 'Health checks made.', labels: ['service_name', 'result'] },
  discovery_port_conflicts_total: { help: 'Preferred ports that were not to be had.', labels: ['service_type'] },
  discovery_ports_allocated_total: { help: 'Ports allocated.', labels: ['service_type'] },
  discovery_ports_released_total: { help: 'Ports released.', labels: ['service_type'] },
  discovery_requests_total: { help: 'Discoveries tried, by strategy.', labels: ['strategy', 'result'] },
  discovery_service_lookups_total: { help: 'Look-ups in the registry.', labels: ['service_name', 'result'] },
  discovery_services_deregistered_total: { help: 'Services deregistered.', labels: ['service_name'] },
  discovery_services_registered_total: { help: 'Services registered.', labels: ['service_name'] },
} as const;

/** The metrics that hold a value of now. */
export const gauges = {
  discovery_unhealthy_services: { help: 'Instances that are unhealthy now.', labels: ['service_name'] },
} as const;

/** The metrics of how long something takes, in seconds. */
export const histograms = {
  discovery_request_duration_seconds: { help: 'Duration of a discovery, by strategy.', labels: ['strategy'] },
  discovery_service_lookup_duration_seconds: { help: 'Duration of a registry look-up.', labels: ['service_name'] },
} as const;

type Labelled = Readonly<Record<string, { readonly labels: readonly string[] }>>;
type LabelsOf<Group extends Labelled, Name extends keyof Group> = Readonly<
  Record<Group[Name]['labels'][number], string>
>;

/** One series of a counter. */
export interface Counter {
  /** Adds so many events; default 1. */
  add(events?: number): void;
}

/** One series of a gauge. */
export interface Gauge {
  set(value: number): void;
}

/** One series of a histogram. */
export interface Histogram {
  observe(seconds: number): void;
}

/**
 * Gives the series of metrics, for the labels given. Asking for a series costs a look-up; who counts often keeps what it is
 * given. Services that are many share one series from some number on.
 */
export interface Metrics {
  counter<Name extends keyof typeof counters>(name: Name, labels: LabelsOf<typeof counters, Name>): Counter;
  gauge<Name extends keyof typeof gauges>(name: Name, labels: LabelsOf<typeof gauges, Name>): Gauge;
  histogram<Name extends keyof typeof histograms>(name: Name, labels: LabelsOf<typeof histograms, Name>): Histogram;
}

/** One stretch of time, in milliseconds since 1970. */
export interface Stretch {
  /** What it belongs to: a row of the picture. */
  readonly row: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly details?: Readonly<Record<string, string | number>>;
}

/** An event of Chrome's trace format; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, string | number>>;
}

/**
 * Writes stretches of time as Chrome's tracing, Perfetto and Speedscope read them: one row for each `row`, further ones of the same
 * name where stretches overlap. Times count from the first one.
 */
export function chromeTrace(stretches: readonly Stretch[]): { readonly traceEvents: readonly TraceEvent[] } {
  const sorted = [...stretches].sort((a, b) => a.from - b.from || b.to - a.to);
  const begin = sorted[0]?.from ?? 0;
  const lanes: { readonly row: string; until: number }[] = [];
  const events = sorted.map(({ row, name, from, to, details }): TraceEvent => {
    let tid = lanes.findIndex((lane) => lane.row === row && lane.until <= from);
    if (tid < 0) tid = lanes.push({ row, until: to }) - 1;
    (lanes[tid] as { until: number }).until = to;
    const time = { ts: micros(from - begin), dur: micros(to - from) };
    return { name, ph: 'X', pid: 1, tid, ...time, ...(details === undefined ? {} : { args: details }) };
  });
  const names = lanes.map(
    ({ row }, tid): TraceEvent => ({ name: 'thread_name', ph: 'M', pid: 1, tid, args: { name: row } }),
  );
  return { traceEvents: [...names, ...events] };
}

function micros(ms: number): number {
  return Math.round(ms * 1000);
}

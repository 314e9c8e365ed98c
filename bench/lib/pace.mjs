/**
 * Does something so many times, one after the other. Gives `perSecond`, what it left for the event loop included, and the
 * `p50` and `p99` of one time in milliseconds.
 */
export async function pace(times, act) {
  for (let warmUp = 0; warmUp < times / 10; warmUp++) await act(-1 - warmUp);
  const durations = [];
  const begin = performance.now();
  for (let index = 0; index < times; index++) {
    const from = performance.now();
    await act(index);
    durations.push(performance.now() - from);
  }
  await new Promise((resolve) => setImmediate(resolve));
  const perSecond = (times / (performance.now() - begin)) * 1000;
  durations.sort((a, b) => a - b);
  return { perSecond, p50: durations[times >> 1], p99: durations[Math.floor(times * 0.99)] };
}

/** The longest that a timer of Node waits, in milliseconds: some 24 days and 20 hours. One that is to wait longer fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Rounds milliseconds up to whole ones, so that what is above 0 stays above 0; fractions below a nanosecond come of reckoning. */
export function wholeMs(ms: number): number {
  return Math.ceil(Number(ms.toFixed(6)));
}

/** Gives what a timer takes for so many milliseconds, which may be fractions, or `Infinity`: whole ones, at most the longest it can wait. */
export function timerMs(ms: number): number {
  return Math.min(wholeMs(ms), longestTimerMs);
}

/** Whether a signal's reason is that a deadline passed (`AbortSignal.timeout`), and not that somebody gave up. */
export function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError';
}

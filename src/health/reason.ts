const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection closed by the service',
  EPIPE: 'connection closed by the service',
  ETIMEDOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'host name not found',
  EADDRNOTAVAIL: 'no local address left to connect from',
  EMFILE: 'too many open files',
};

/** Says in people's words why a connection failed. */
export function reasonOf(error: unknown): string {
  const failure = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = failure as NodeJS.ErrnoException;
  if (code?.startsWith('HPE_')) return 'the answer is not HTTP';
  return reasons[code ?? ''] ?? message ?? String(failure);
}

import diagnostics from 'node:diagnostics_channel';

/** Gives the requests that this process sends by socket while the body runs. */
export async function requestsOf(body: () => Promise<void>): Promise<string[]> {
  const requests: string[] = [];
  const count = (message: unknown) => {
    const { request } = message as { request: { method: string; path: string } };
    requests.push(`${request.method} ${request.path.replace(/\?.*$/, '').replace(/[0-9a-f]{64}/, 'ID')}`);
  };
  diagnostics.subscribe('http.client.request.start', count);
  try {
    await body();
  } finally {
    diagnostics.unsubscribe('http.client.request.start', count);
  }
  return requests;
}

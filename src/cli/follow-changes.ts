import type { EnvironmentHandle } from '../agent/index.js';

/** Tells when a service of the environment changes its status or its address; the function given back ends that. */
export function followChanges(environment: EnvironmentHandle, tell: (text: string) => void): () => void {
  const ended = new AbortController();
  const names = new Set(environment.endpoints().map((endpoint) => endpoint.name));
  for (const name of names) void followService(environment, name, tell, ended.signal);
  return () => ended.abort();
}

async function followService(
  environment: EnvironmentHandle,
  name: string,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const known = new Map<string, string>();
  for await (const { type, endpoint } of environment.watch(name, { signal })) {
    const status = type === 'deregistered' ? 'stopped' : endpoint.status;
    const text = status === 'healthy' ? `healthy at ${endpoint.url}` : status;
    const before = known.get(endpoint.id);
    known.set(endpoint.id, text);
    if (before !== undefined && before !== text) tell(`${name} is ${text}`);
  }
}

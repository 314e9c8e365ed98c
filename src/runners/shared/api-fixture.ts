import type { HttpEndpoint } from '../../model/index.js';
import type { SliceState } from './slice-state.js';

/** An HTTP service: its newest address, `fetch` against it, and its state. */
export interface ApiFixture extends HttpEndpoint, SliceState {
  /** Fetches a path of the service, for example `api.fetch('/orders', { method: 'POST' })`; the path starts with a slash. */
  fetch(path: `/${string}`, init?: RequestInit): Promise<Response>;
}

/** Makes the fixture of an HTTP endpoint. */
export function apiFixture(endpoint: HttpEndpoint, { reset }: SliceState): ApiFixture {
  return Object.assign(endpoint, {
    reset,
    fetch: (path: `/${string}`, init?: RequestInit) => fetch(`${endpoint.baseUrl}${path}`, init),
  });
}

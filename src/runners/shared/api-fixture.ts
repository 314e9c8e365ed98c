import type { HttpEndpoint } from '../../model/index.js';

/** An HTTP service: its newest address, and `fetch` against it. */
export interface ApiFixture extends HttpEndpoint {
  /** Fetches a path of the service, for example `api.fetch('/orders', { method: 'POST' })`; the path starts with a slash. */
  fetch(path: `/${string}`, init?: RequestInit): Promise<Response>;
}

/** Makes the fixture of an HTTP endpoint. */
export function apiFixture(endpoint: HttpEndpoint): ApiFixture {
  return Object.assign(endpoint, {
    fetch: (path: `/${string}`, init?: RequestInit) => fetch(`${endpoint.baseUrl}${path}`, init),
  });
}

import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDiscoveryClient } from '../../src/entries/discovery.js';
import { runCli, temporaryProject } from '../support/cli.js';
import { cliProject, documentOf, redisFile } from '../support/cli-project.js';

const wait = { timeout: 50_000, interval: 50 };

/** Starts an environment with one Redis in a folder and with a state folder of its own. */
async function startSibling(secret: string) {
  const project = cliProject('embedded', { 'compose.yaml': redisFile });
  const options = { ...project, env: { ...project.env, PORTSIDE_BROADCAST_SECRET: secret } };
  const { services, environment } = documentOf(await runCli(['up', '--detach', '--json'], options));
  const socketPath = join(project.cwd, 'state', 'e', environment.key, 'agent.sock');
  return { options, socketPath, key: environment.key as string, port: services[0].port as number };
}

test('H66 H136 H152 environments without a common parent are found by their announcements, and gone when they stop', async () => {
  const secret = `the secret of run ${process.pid} ${performance.now()}`;
  vi.stubEnv('PORTSIDE_BROADCAST_SECRET', secret);
  vi.stubEnv('PORTSIDE_STATE_DIR', temporaryProject({}));
  onTestFinished(() => void vi.unstubAllEnvs());
  const [left, right] = await Promise.all([startSibling(secret), startSibling(secret)]);
  await using client = createDiscoveryClient({ strategies: ['broadcast'] });
  const ports = async () => (await client.discoverAll('cache').catch(() => [])).map(({ port }) => port).sort();
  await expect.poll(ports, wait).toEqual([left.port, right.port].sort());
  const found = await client.discoverAll('cache');
  expect(found.map(({ metadata }) => metadata['environment']).sort()).toEqual([left.key, right.key].sort());
  expect(JSON.stringify(found)).not.toContain('password');
  await runCli(['down'], left.options);
  await expect.poll(ports, wait).toEqual([right.port]);
  await runCli(['down'], right.options);
  await expect.poll(ports, wait).toEqual([]);
});

test('a program registers its own service in a running environment, and cannot change those of the environment', async () => {
  const { options, socketPath } = await startSibling('a secret that nobody else in this run has');
  const call = (method: string, path: string, body?: object): Promise<{ status: number; json: unknown }> =>
    new Promise((resolve, reject) => {
      const payload = JSON.stringify(body);
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      request({ socketPath, method, path, headers }, async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) });
      })
        .on('error', reject)
        .end(payload);
    });
  const orders = { name: 'orders', host: '127.0.0.1', port: 8080, protocol: 'http', ttlMs: 60_000 };
  expect(await call('PUT', '/v1/services/orders-1', orders)).toMatchObject({ status: 201 });
  expect(await call('POST', '/v1/services/orders-1/heartbeat')).toMatchObject({ status: 200 });
  expect((await runCli(['discover', 'orders'], options)).stdout).toBe('http://127.0.0.1:8080\n');
  const { handlers } = (await call('GET', '/api/handlers')).json as { handlers: { handler_id: string }[] };
  const own = handlers.map(({ handler_id }) => handler_id).find((id) => id !== 'orders-1') ?? '';
  const path = `/v1/services/${encodeURIComponent(own)}`;
  for (const [method, where, body] of [
    ['PUT', path, orders],
    ['DELETE', path],
    ['POST', `${path}/health`, { healthy: false }],
  ] as const) {
    expect(await call(method, where, body)).toMatchObject({
      status: 409,
      json: { error: { code: 'REGISTRY_CONFLICT' } },
    });
  }
  expect(await call('DELETE', '/v1/services/orders-1')).toMatchObject({ status: 200 });
  expect((await call('DELETE', '/v1/services/orders-1')).status).toBe(404);
  await runCli(['down'], options);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DiscoveryClient, RegistryStrategy } from '../../dist/entries/discovery.js';
import { RegistryClient } from '../../dist/entries/registry.js';
import { documented, documents, p99Row } from './documented-row.mjs';
import { pace } from './pace.mjs';
import { processorMs } from './process-usage.mjs';
import { row } from './row.mjs';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const linux = process.platform === 'linux';

/**
 * Times discoveries over HTTP, with the registry in a process of its own: a thousand names at once, none of them cached, and one after the other.
 * `count` scales how often.
 */
export async function discoverOverHttp(count) {
  const state = mkdtempSync(join(tmpdir(), 'portside-bench-'));
  const child = spawn(process.execPath, [cli, 'registry', '--json', '--quiet'], {
    env: { ...process.env, PORTSIDE_STATE_DIR: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  while (!text.includes('"storage"')) text += (await once(child.stdout, 'data'))[0];
  const { token, url } = JSON.parse(readFileSync(JSON.parse(text).record, 'utf8'));
  const registry = new RegistryClient({ url, token });
  const client = new DiscoveryClient({
    strategies: [new RegistryStrategy({ registry: { url, token }, follow: false, timeoutMs: 10_000 })],
    cache: { enabled: false },
  });
  try {
    const names = Array.from({ length: 1000 }, (_, index) => `service-${index}`);
    for (const [index, name] of names.entries()) {
      await registry.register(name, { name, host: '127.0.0.1', port: 1000 + index, ttlMs: 3_600_000 });
      // Below the rate limit of changes.
      if (index % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 60));
    }
    const batches = count(30);
    const waits = [];
    for (let batch = 0; batch < 3; batch++) await Promise.all(names.map((name) => client.discover(name)));
    const spent = () => [process.cpuUsage(), linux ? processorMs(child.pid) : 0];
    const [cpuBefore, serverBefore] = spent();
    const start = performance.now();
    for (let batch = 0; batch < batches; batch++) {
      await Promise.all(
        names.map(async (name) => {
          const asked = performance.now();
          await client.discover(name);
          waits.push(performance.now() - asked);
        }),
      );
    }
    const rate = (waits.length / (performance.now() - start)) * 1000;
    const [cpuAfter, serverAfter] = spent();
    const clientUs = (cpuAfter.user + cpuAfter.system - cpuBefore.user - cpuBefore.system) / waits.length;
    const serverUs = ((serverAfter - serverBefore) * 1000) / waits.length;
    waits.sort((a, b) => a - b);
    const alone = await pace(count(2000), (index) => client.discover(names[Math.abs(index) % 1000]));
    return [
      row({
        id: 'discover.http.rate',
        what: 'discover over HTTP, 1,000 at once',
        value: rate,
        unit: '/s',
        against: documents(documented.uncached),
        atLeast: 10_000,
      }),
      row({
        id: 'discover.http.p99',
        what: 'discover over HTTP, 1,000 at once: p99',
        value: waits[Math.floor(waits.length * 0.99)],
        unit: 'ms',
        against: documents(documented.uncached),
        limit: 200,
      }),
      row({
        id: 'discover.http.cpu',
        what: 'discover over HTTP, 1,000 at once: processor time of one, in the client',
        value: clientUs,
        unit: 'us',
        ...(linux ? { against: `in the registry, ${serverUs.toFixed(1)} us` } : {}),
      }),
      p99Row('discover.http.alone', 'discover over HTTP, one at a time', alone, documented.uncached),
    ];
  } finally {
    await client.close();
    await registry.close();
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(state, { recursive: true, force: true });
  }
}

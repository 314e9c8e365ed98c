import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWithDocker, leftovers } from '../support/docker.js';
import { eventually } from '../support/docker-runtime.js';
import { environments, runVitest, startVitest, vitestProject } from '../support/vitest-project.js';

const redis = 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379:6379"]\n';

describe('vitest --watch', () => {
  test('keeps the environment between runs, and leaves nothing when it is killed', async () => {
    const testFile = (run: number): string => `import { test } from 'portside/vitest';
test('prints', async ({ env }) => { console.log('run ${run} on ' + (await env.discover('cache')).url + ' <'); });\n`;
    const project = vitestProject('embedded', { 'compose.yaml': redis, 'a.test.ts': testFile(1) });
    const watch = startVitest(['--watch'], project);
    await watch.printed('Waiting for file changes');
    writeFileSync(join(project.cwd, 'a.test.ts'), testFile(2));
    await watch.printed('run 2 on');
    expect(await environments(project)).toHaveLength(1);
    watch.child.kill('SIGKILL');
    const { stdout, stderr } = await watch.result;
    const urls = [...stdout.matchAll(/run (\d) on (\S+) </g)];
    expect(urls.map(([, run]) => run)).toEqual(['1', '2']);
    expect(urls[1]?.[2]).toBe(urls[0]?.[2]);
    expect(stderr.match(/^portside: environment/gm)).toHaveLength(1);
    await eventually(async () => ((await environments(project)).length === 0 ? true : undefined));
  });
});

describeWithDocker('fixtures on Docker', () => {
  test('that are shared follow a container that was started again to its new port', async () => {
    const project = vitestProject('docker', {
      'compose.yaml': `${redis}    labels: { portside.isolation: none }\n`,
      'a.test.ts': `import { execFileSync } from 'node:child_process';
import { expect, test } from 'portside/vitest';
test('follows', async ({ env, redis }) => {
  const before = redis.port;
  const client = await redis.client();
  await client.set('key', 'value');
  const id = execFileSync('docker', ['ps', '-q', '--filter', 'publish=' + before], { encoding: 'utf8' }).trim();
  const events = env.watch('cache')[Symbol.asyncIterator]();
  const until = async (wanted) => {
    for (;;) {
      const { endpoint } = (await events.next()).value;
      if (endpoint.status === wanted) return endpoint;
    }
  };
  await until('healthy');
  execFileSync('docker', ['kill', id]);
  await until('unhealthy');
  execFileSync('docker', ['start', id]);
  const after = await until('healthy');
  expect(redis.port).toBe(after.port);
  expect((await env.discover('cache')).port).toBe(after.port);
  expect(await (await redis.client()).ping()).toBe('PONG');
});\n`,
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: expect.stringContaining('Tests  1 passed') });
    expect(leftovers(project.cwd)).toEqual([]);
  });
});

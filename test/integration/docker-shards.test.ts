import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, docker, leftovers } from '../support/docker.js';
import { startEngineProxy } from '../support/engine-proxy.js';
import { tls } from '../support/tls.js';

const composeFile = `services:
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: secret }
    ports: ["5432"]
`;

/** Prints where its database is, and the names of the containers that run meanwhile. */
const look = `
const { execFileSync } = require('node:child_process');
const names = execFileSync('docker', ['ps', '--format', '{{.Names}}'], { encoding: 'utf8' });
console.log(JSON.stringify({ url: process.env.DATABASE_URL, names: names.split('\\n') }));
`;

describeWithDocker('shards of one test run on one engine, over TCP with TLS', () => {
  test('each has containers of its own with the name of its shard, and leases at addresses that it can reach', async () => {
    const proxy = await startEngineProxy(undefined, tls);
    onTestFinished(() => proxy.close());
    const cwd = temporaryProject({ 'compose.yaml': composeFile, 'look.cjs': look });
    const certificates = join(cwd, 'certificates');
    mkdirSync(certificates);
    for (const name of ['ca.pem', 'cert.pem']) writeFileSync(join(certificates, name), tls.cert);
    writeFileSync(join(certificates, 'key.pem'), tls.key);
    const runs = ['1/2', '2/2'].map((shard) => {
      // A state folder each, as two machines have.
      const state = mkdtempSync(join(tmpdir(), 'ps-shard-'));
      onTestFinished(() => rmSync(state, { recursive: true, force: true }));
      const env = {
        PORTSIDE_STATE_DIR: state,
        PORTSIDE_RUNTIME: 'docker',
        PORTSIDE_SHARD: shard,
        DOCKER_HOST: proxy.url,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: certificates,
      };
      return runCli(['run', '--', 'node', 'look.cjs'], { cwd, env });
    });
    const results = await Promise.all(runs);
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
    const seen = results.map(({ stdout }) => JSON.parse(stdout) as { url: string; names: string[] });
    for (const [index, { url, names }] of seen.entries()) {
      expect(url).toMatch(/^postgresql:\/\/\w+:[^@]+@127\.0\.0\.1:\d+\/\w+$/);
      expect(names).toContainEqual(expect.stringMatching(new RegExp(`-db-1-shard${index + 1}of2-[0-9a-z]{8}$`)));
    }
    expect(seen[0]?.url).not.toBe(seen[1]?.url);
    expect(leftovers(cwd)).toEqual([]);
    expect(docker(['ps', '--all', '--format', '{{.Names}}'])).not.toContain('of2-');
  });
});

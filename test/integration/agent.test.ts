import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, startCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, docker, leftovers } from '../support/docker.js';
import type { ProgramResult } from '../support/program.js';

const composeFile = `services:
  cache:
    image: redis:7-alpine
    ports: ["6379:6379"]
`;

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-agent-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

const env = (runtime: string) => ({ PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: runtime });
const printUrl = ['node', '-e', 'console.log(process.env.REDIS_URL)'];

/** Asks the Redis behind the URL for a PONG. */
function ping(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(String(data).trim());
    });
    socket.on('error', reject);
  });
}

async function until(condition: () => boolean | Promise<boolean>, ms: number, what: string): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(50);
  }
}

/** Command lines of the processes that name this port. */
function programsAt(port: number): readonly string[] {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(`:${port}`));
}

/** The end of a script of Node's that goes on until the folder of its run holds the file `all`. */
const untilAllAreThere = "setInterval(() => require('node:fs').existsSync('all') && process.exit(), 50);";

/** Runs the script in an environment of each folder, all at the same time, until every one has printed the text; gives how they ended. */
async function together(
  folders: readonly string[],
  script: string,
  text: string,
  runtime: 'embedded' | 'docker',
): Promise<readonly ProgramResult[]> {
  const runs = folders.map((cwd) =>
    startCli(['run', '--shared', '--', 'node', '-e', script], { cwd, env: env(runtime) }),
  );
  await Promise.all(runs.map((run) => run.printed(text)));
  for (const cwd of folders) writeFileSync(join(cwd, 'all'), '');
  return Promise.all(runs.map(({ result }) => result));
}

describe('on the embedded runtime', () => sharing('embedded'));
describeWithDocker('on Docker', () => sharing('docker'));

function sharing(runtime: 'embedded' | 'docker'): void {
  const left = (folder: string): readonly string[] => (runtime === 'docker' ? leftovers(folder) : []);

  test('eight processes that start in one folder at the same instant share one environment, and the last one removes it', async () => {
    const cwd = temporaryProject({ 'compose.yaml': composeFile });
    const script = `console.log(process.env.REDIS_URL); ${untilAllAreThere}`;
    const results = await together(Array(8).fill(cwd), script, 'redis://', runtime);
    expect(results.map(({ code }) => code)).toEqual(Array(8).fill(0));
    const urls = new Set(results.map(({ stdout }) => stdout.trim()));
    expect([...urls]).toEqual([expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+\/0$/)]);
    expect(left(cwd)).toEqual([]);
    await expect(ping([...urls][0] as string)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('twenty projects that start at the same instant get twenty ports, all reachable, and leave nothing', async () => {
    const script = `const s = require('node:net').connect(process.env.CACHE_PORT, '127.0.0.1', () => s.write('PING\\r\\n'));
      s.on('data', (d) => { console.log(process.env.CACHE_PORT, String(d).trim()); s.destroy(); ${untilAllAreThere} });`;
    const folders = Array.from({ length: 20 }, () => temporaryProject({ 'compose.yaml': composeFile }));
    const results = await together(folders, script, 'PONG', runtime);
    expect(results.filter(({ code }) => code !== 0)).toEqual([]);
    const answers = results.map(({ stdout }) => stdout.trim().split(' '));
    expect(answers.map(([, pong]) => pong)).toEqual(Array(20).fill('+PONG'));
    expect(new Set(answers.map(([port]) => port)).size).toBe(20);
    expect(folders.flatMap(left)).toEqual([]);
  });

  test('a client that is killed is missed at once, and its environment removed', async () => {
    const cwd = temporaryProject({ 'compose.yaml': composeFile });
    const run = startCli(
      ['run', '--', 'node', '-e', 'console.log(process.env.REDIS_URL); setTimeout(() => {}, 60000)'],
      {
        cwd,
        env: env(runtime),
      },
    );
    await run.printed('redis://');
    run.child.kill('SIGKILL');
    const listed = async () => (await runCli(['ps', '--all', '--json'], { cwd, env: env(runtime) })).stdout;
    await until(async () => left(cwd).length === 0 && !(await listed()).includes(cwd), 10_000, 'nothing is left');
  });

  test('clients that are killed at any moment of the start leave nothing', async () => {
    const folders = Array.from({ length: 8 }, () => temporaryProject({ 'compose.yaml': composeFile }));
    await Promise.all(
      folders.map(async (cwd, index) => {
        const run = startCli(['run', '--shared', '--', 'sh', '-c', 'echo $$ > pid; echo begun; exec sleep 1000'], {
          cwd,
          env: env(runtime),
        });
        await sleep(150 + index * 250);
        run.child.kill('SIGKILL');
        // A command that the killed client has started goes on, and keeps its output open.
        const hasCommand = await run.printed('begun').then(
          () => true,
          () => false,
        );
        if (hasCommand) process.kill(Number(readFileSync(join(cwd, 'pid'), 'utf8')));
        await run.result;
      }),
    );
    const agents = () => readdirSync(join(state, 'e')).filter((key) => existsSync(join(state, 'e', key, 'agent.json')));
    const runs = () => (existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : []);
    await until(() => [...agents(), ...runs(), ...folders.flatMap(left)].length === 0, 30_000, 'nothing is left');
  });

  test('what a killed agent leaves is removed by a sweep', async () => {
    const cwd = temporaryProject({ 'compose.yaml': composeFile });
    const up = await runCli(['up', '--detach', '--json'], { cwd, env: env(runtime) });
    const { environment, services } = JSON.parse(up.stdout);
    expect(await ping(services[0].url)).toBe('+PONG');
    process.kill(environment.agent.pid, 'SIGKILL');
    if (runtime === 'embedded') expect(programsAt(services[0].port)).toHaveLength(1);
    const swept = await runCli(['sweep', '--json'], { cwd, env: env(runtime) });
    expect(swept.code).toBe(0);
    expect(left(cwd)).toEqual([]);
    expect(programsAt(services[0].port)).toEqual([]);
    await expect(ping(services[0].url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('whoever leases, releases or stops after the agent was killed is told so, or has nothing to end', async () => {
    const cwd = temporaryProject({
      'compose.yaml': composeFile,
      'orphan.mjs': `import { openEnvironment } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
        const open = await openEnvironment({ source: { cwd: process.cwd(), environment: process.env } });
        const lease = await open.lease('cache');
        process.kill(open.agentPid, 'SIGKILL');
        await new Promise((resolve) => open.onLost(resolve));
        const told = async (act) => act().then(() => 'done', ({ code, message, hint }) => [code, message, hint].join(' | '));
        console.log(await told(() => open.lease('cache')));
        console.log(await told(() => lease.reset()));
        console.log(await told(() => open.document()));
        console.log(await told(() => lease.release()));
        console.log(await told(() => open.stop()));`,
    });
    const { stdout } = await promisify(execFile)(process.execPath, ['orphan.mjs'], {
      cwd,
      env: { ...process.env, ...env(runtime) },
    });
    const lines = stdout.trim().split('\n');
    const lost = /^ENVIRONMENT_STOPPED \| Cannot reach the environment: no agent answers at .*\.sock\. \| Somebody ran/;
    for (const line of lines.slice(0, 3)) expect(line).toMatch(lost);
    expect(lines.slice(3)).toEqual(['done', 'done']);
    await runCli(['sweep'], { cwd, env: env(runtime) });
    expect(left(cwd)).toEqual([]);
  });

  test('a run within keepWarm joins what the one before it left up', async () => {
    const cwd = temporaryProject({ 'compose.yaml': composeFile });
    const options = { cwd, env: { ...env(runtime), PORTSIDE_KEEP_WARM: '60s' } };
    const first = await runCli(['run', '--shared', '--', ...printUrl], options);
    const second = await runCli(['run', '--shared', '--', ...printUrl], options);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stdout).toBe(first.stdout);
    expect(second.stderr).toContain('joined the running environment');
    const down = await runCli(['down'], options);
    expect(down.code).toBe(0);
    expect(left(cwd)).toEqual([]);
  });

  test('an environment that is kept warm is replaced when its files have changed', async () => {
    const init = 'services: {cache: {image: redis:7-alpine, volumes: ["./init:/docker-entrypoint-initdb.d"]}}';
    const cwd = temporaryProject({ 'compose.yaml': init, 'init/a.sql': 'select 1;' });
    const options = { cwd, env: { ...env(runtime), PORTSIDE_KEEP_WARM: '60s' } };
    const first = await runCli(['run', '--shared', '--', ...printUrl], options);
    execFileSync('sh', ['-c', 'echo "select 2;" > init/b.sql'], { cwd });
    const second = await runCli(['run', '--shared', '--', ...printUrl], options);
    await runCli(['down'], options);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(second.stderr).not.toContain('joined the running environment');
  });
}

describeWithDocker('with a container that is killed and started again', () => {
  test('H156 the watcher sees it unhealthy, then healthy at its new port, and discover gives that port', async () => {
    const cwd = temporaryProject({
      'compose.yaml': composeFile,
      'watch.mjs': `import { openEnvironment } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
        const env = await openEnvironment({ source: { cwd: process.cwd(), environment: process.env } });
        for await (const { endpoint } of env.watch('cache')) {
          console.log(endpoint.status, endpoint.port);
          if (endpoint.status === 'healthy' && globalThis.hurt) break;
          if (endpoint.status === 'unhealthy') globalThis.hurt = true;
        }
        console.log('discovered', (await env.discover('cache')).port);
        await env.close();`,
    });
    const run = startCli(['run', '--shared', '--', 'node', 'watch.mjs'], { cwd, env: env('docker') });
    await run.printed('healthy');
    const [container] = docker(['ps', '-q', '--filter', 'label=dev.portside.service=cache']).split('\n');
    docker(['kill', container as string]);
    await run.printed('unhealthy');
    docker(['start', container as string]);
    const { stdout, code, stderr } = await run.result;
    expect(stderr).not.toContain('Error');
    expect(code).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const before = lines.find(([status]) => status === 'healthy')?.[1];
    const after = lines.findLast(([status]) => status === 'healthy')?.[1];
    expect(lines.map(([status]) => status)).toContain('unhealthy');
    expect(after).not.toBe(before);
    expect(lines.at(-1)).toEqual(['discovered', after]);
  });
});

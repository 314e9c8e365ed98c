import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns, redisFile } from '../support/cli-project.js';
import { describeWithDocker, docker, leftovers } from '../support/docker.js';

describe('an agent in which an error is not caught', () => {
  test('tells it to whoever holds the environment, removes everything, and leaves its log', async () => {
    const config = `import { defineEnvironment, defineKind } from 'portside';
      const faulty = defineKind({
        name: 'faulty',
        port: 6379,
        image: 'redis:7-alpine',
        ready: async () => { setTimeout(() => { throw new Error('forgot to catch this'); }, 1000); },
        embedded: {
          programs: ['redis-server'],
          install: 'install Redis',
          arguments: ({ port }) => ['--port', String(port), '--save', ''],
        },
      });
      export default defineEnvironment({ services: { cache: faulty() } });`;
    const options = cliProject('embedded', { 'portside.config.ts': config });
    const { code, stderr } = await runCli(['up'], options);
    expect(code).toBe(1);
    expect(stderr).toContain('its agent met an error: forgot to catch this');
    expect(stderr).toContain('AGENT_FAILED');
    const folder = join(options.cwd, 'state', 'e');
    const [key = ''] = readdirSync(folder);
    expect(stderr).toContain(join(key, 'agent.log'));
    expect(readFileSync(join(folder, key, 'agent.log'), 'utf8')).toContain('forgot to catch this');
    await nothingRuns(options);
  });
});

describeWithDocker('the end of an environment on Docker', () => {
  const withVolume = `${redisFile}    volumes: ["kept:/kept"]\nvolumes: { kept: {} }\n`;

  /** Lets a container that is not ours use the volume of the one at the port; gives the volume, and what ends that. */
  function useItsVolume(port: number) {
    const [id = ''] = docker(['ps', '-q', '--filter', `publish=${port}`]).split('\n');
    const format = '{{ range .Mounts }}{{ if eq .Destination "/kept" }}{{ .Name }}{{ end }}{{ end }}';
    const volume = docker(['inspect', '--format', format, id]);
    const foreign = docker(['run', '-d', '-v', `${volume}:/kept`, 'redis:7-alpine']);
    let users = [foreign];
    const release = (): void => {
      if (users.length > 0) docker(['rm', '-f', '-v', ...users]);
      users = [];
    };
    onTestFinished(release);
    return { volume, release };
  }

  test('that cannot remove everything says so, and a sweep removes the rest', async () => {
    const options = cliProject('docker', { 'compose.yaml': withVolume });
    const { services } = documentOf(await runCli(['up', '--detach', '--json'], options));
    const { volume, release } = useItsVolume(services[0].port);
    const { code, stderr } = await runCli(['down'], options);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Cannot remove everything of '.*': .*volume/);
    expect(stderr).toContain('portside sweep');
    release();
    // Another test's agent may have been faster; then there is nothing left for this one.
    expect((await runCli(['sweep'], options)).code).toBe(0);
    expect(docker(['volume', 'ls', '-q', '--filter', `name=${volume}`])).toBe('');
    expect(leftovers(options.cwd)).toEqual([]);
  });

  test('does not change the exit code of a command that has run in it, but is told', async () => {
    const options = cliProject('docker', { 'compose.yaml': withVolume });
    const script = 'echo it runs; until [ -e go ]; do sleep 0.05; done; exit 42';
    const run = startCli(['run', '--shared', '--', 'sh', '-c', script], options);
    await run.printed('it runs');
    const { services } = documentOf(await runCli(['ps', '--json'], options));
    useItsVolume(services[0].port);
    writeFileSync(join(options.cwd, 'go'), '');
    const { code, stderr } = await run.result;
    expect(code).toBe(42);
    expect(stderr).toContain('Cannot remove everything of');
  });

  test('comes also when the agent is asked to end before it listens', async () => {
    const options = cliProject('docker', { 'compose.yaml': redisFile });
    const up = startCli(['up', '--detach'], options);
    const format = '{{ .Label "dev.portside.agent" }}';
    const name = `name=${basename(options.cwd).toLowerCase()}`;
    let owner = '';
    while (owner === '') {
      await sleep(5);
      [owner = ''] = docker(['ps', '-a', '--filter', name, '--format', format]).split('\n');
    }
    const { pid } = JSON.parse(owner) as { readonly pid: number };
    process.kill(pid, 'SIGTERM');
    while (existsSync(`/proc/${pid}`)) await sleep(20);
    const its = ['-q', '--filter', `label=dev.portside.agent=${owner}`];
    expect([docker(['ps', '-a', ...its]), docker(['network', 'ls', ...its])]).toEqual(['', '']);
    // Whoever still waits for it has the next one started; whoever has joined it already is told.
    const { code, stderr } = await up.result;
    expect(`${code} ${stderr}`).toMatch(/^0 |^1 [\s\S]*ENVIRONMENT_STOPPED/);
    documentOf(await runCli(['down', '--json'], options));
    await nothingRuns(options);
  });
});

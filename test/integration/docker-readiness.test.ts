import { once } from 'node:events';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, leftovers } from '../support/docker.js';
import { withEngine } from '../support/docker-runtime.js';

/** A service that listens only after two seconds, and then sends back what it gets. */
const late = `
services:
  late:
    image: node:20-slim
    command: [node, -e, "setTimeout(() => require('net').createServer((s) => s.pipe(s)).listen(7000), 2000)"]
    ports: ['7000']
`;

describeWithDocker('a service in a container whose health check takes longer than a probe', () => {
  it('is healthy when the check has passed in the time that the file gives it', async () => {
    const check = '{ test: [CMD, sleep, "3"], interval: 5s, timeout: 10s, retries: 1 }';
    const slow = `services:\n  slow:\n    image: node:20-slim\n    command: [sleep, "60"]\n    healthcheck: ${check}\n`;
    const cwd = temporaryProject({ 'compose.yaml': slow });
    const options = { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: 'docker' } };
    const { code, stderr } = await runCli(['run', '--', 'true'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('slow ready') });
    expect(leftovers(cwd)).toEqual([]);
  });
});

describeWithDocker('a service in a container without a health check', () => {
  it('is healthy when its own program accepts, not when only the port forwarding of the engine does', async () => {
    const cwd = temporaryProject({ 'compose.yaml': late });
    const options = { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: 'docker' } };
    const up = await runCli(['up', '--detach', '--json'], options);
    try {
      const [{ host, port, status }] = JSON.parse(up.stdout).services;
      expect(status).toBe('healthy');
      const socket = connect(port, host).setEncoding('utf8');
      socket.write('ping');
      expect(await once(socket, 'data')).toEqual(['ping']);
      socket.destroy();
    } finally {
      await runCli(['down'], options);
    }
    expect(leftovers(cwd)).toEqual([]);
  });
});

describeWithDocker('a Postgres in a container whose password only its image knows', () => {
  it('is ready when it asks for the password, and says at a lease what is missing', async () => {
    const yaml = 'services:\n  db:\n    build: .\n    labels: {portside.kind: postgres}\n    ports: ["5432"]\n';
    const cwd = temporaryProject({
      'compose.yaml': yaml,
      Dockerfile: 'FROM postgres:16\nENV POSTGRES_PASSWORD=hidden\n',
    });
    const options = { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: 'docker' } };
    try {
      const up = await runCli(['up', '--detach', '--json'], options);
      expect(up).toMatchObject({ code: 0, stderr: expect.stringContaining('db ready') });
      const [{ status, url }] = JSON.parse(up.stdout).services;
      expect({ status, url }).toEqual({
        status: 'healthy',
        url: expect.stringMatching(/^postgresql:\/\/postgres@127\.0\.0\.1:\d+\/postgres$/),
      });
      const { code, stderr } = await runCli(['run', '--', 'true'], options);
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('LEASE_UNSUPPORTED') });
      expect(stderr).toMatch(/Cannot .*asks for a password.*none is known\.[\s\S]*hint: Name it as POSTGRES_PASSWORD/);
    } finally {
      await runCli(['down'], options);
      await withEngine(async (client) => {
        const reference = `portside-build/${basename(cwd).toLowerCase()}-db`;
        const images = await client.listImages({ filters: { reference: [reference] } });
        for (const { Id } of images) await client.getImage(Id).remove({ force: true });
      });
    }
    expect(leftovers(cwd)).toEqual([]);
  });
});

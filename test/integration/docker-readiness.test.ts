import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, leftovers } from '../support/docker.js';

/** A service that listens only after two seconds, and then sends back what it gets. */
const late = `
services:
  late:
    image: node:20-slim
    command: [node, -e, "setTimeout(() => require('net').createServer((s) => s.pipe(s)).listen(7000), 2000)"]
    ports: ['7000']
`;

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

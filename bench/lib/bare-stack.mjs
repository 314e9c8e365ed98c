import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import pg from 'pg';
import { demo } from './demo-stack.mjs';

const docker = new Docker();

/**
 * Starts the demo stack with nothing but requests to the engine: all containers are created at once, and every service is probed
 * each 5 ms. This is the floor. `snapshot`: what portside's own Postgres container begins with, for the floor of that. Resolves when all
 * answer; the function given back removes everything.
 */
export async function startBare(apiImage, snapshot) {
  const name = `portside-bench-${process.pid}-${Date.now()}`;
  const [network] = await Promise.all([
    docker.createNetwork({ Name: name }),
    docker.createVolume({ Name: name, Driver: 'local' }),
  ]);
  const { postgres, redis, api } = demo;
  const create = (alias, port, { image, environment = {}, entrypoint, command, binds = [], tmpfs }) =>
    docker.createContainer({
      name: `${name}-${alias}`,
      Image: image,
      Entrypoint: entrypoint,
      Cmd: command,
      Env: Object.entries(environment).map(([key, value]) => `${key}=${value}`),
      ExposedPorts: { [`${port}/tcp`]: {} },
      HostConfig: {
        Binds: binds,
        Tmpfs: tmpfs,
        NetworkMode: name,
        PortBindings: { [`${port}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: '0' }] },
      },
      NetworkingConfig: { EndpointsConfig: { [name]: { Aliases: [alias] } } },
    });
  const scripts = postgres.scripts.map(({ source, target }) => `${source}:${target}:ro`);
  const created = [
    create(
      'postgres-primary',
      5432,
      snapshot === undefined
        ? { ...postgres, binds: [`${name}:${postgres.dataFolder}`, ...scripts] }
        : { ...postgres, ...snapshot, binds: scripts },
    ),
    create('cache', 6379, redis),
    create('api', 8080, { ...api, image: apiImage }),
  ];
  const run = async (creation, answers) => {
    const container = await creation;
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const [[binding]] = Object.values(NetworkSettings.Ports).filter(Boolean);
    while (!(await answers(Number(binding.HostPort)).catch(() => false))) await sleep(5);
  };
  await Promise.all([run(created[0], postgresAnswers), run(created[1], redisAnswers)]);
  await run(created[2], apiAnswers);
  return async () => {
    const containers = await Promise.all(created);
    await Promise.all(containers.map((container) => container.remove({ force: true, v: true })));
    await Promise.all([network.remove(), docker.getVolume(name).remove()]);
  };
}

async function postgresAnswers(port) {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'orders', password: 'orders', database: 'orders' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  return true;
}

async function redisAnswers(port) {
  const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
  try {
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])]);
    return String(answer).startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}

async function apiAnswers(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  await response.arrayBuffer();
  return response.ok;
}

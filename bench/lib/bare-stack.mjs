import Docker from 'dockerode';
import { demo } from './demo-stack.mjs';
import { untilAnswers } from './probes.mjs';

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
  const run = async (creation, service) => {
    const container = await creation;
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const [[binding]] = Object.values(NetworkSettings.Ports).filter(Boolean);
    await untilAnswers(service, Number(binding.HostPort));
  };
  await Promise.all([run(created[0], 'postgres'), run(created[1], 'redis')]);
  await run(created[2], 'api');
  return async () => {
    const containers = await Promise.all(created);
    await Promise.all(containers.map((container) => container.remove({ force: true, v: true })));
    await Promise.all([network.remove(), docker.getVolume(name).remove()]);
  };
}

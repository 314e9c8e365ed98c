import { demo } from './demo-stack.mjs';

/**
 * Prepares to start the demo stack with Testcontainers as its users do, all three containers in parallel, each with the wait strategy of its
 * module. Gives a starter, so that loading Testcontainers is not measured; what that resolves to removes everything,
 * and its `ports` are those of this machine.
 */
export async function testcontainersStarter(apiImage) {
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  const { GenericContainer, Network, Wait } = await import('testcontainers');
  return async () => {
    const network = await new Network().start();
    const service = (alias, image, port, environment = {}) =>
      new GenericContainer(image)
        .withNetwork(network)
        .withNetworkAliases(alias)
        .withExposedPorts(port)
        .withEnvironment(environment);
    const { postgres, redis, api } = demo;
    const containers = await Promise.all([
      service('postgres-primary', postgres.image, 5432, postgres.environment)
        .withBindMounts(postgres.scripts.map((script) => ({ ...script, mode: 'ro' })))
        .withHealthCheck({
          test: ['CMD-SHELL', 'pg_isready --host localhost --port 5432 --username orders --dbname orders'],
          interval: 250,
          timeout: 1000,
          retries: 1000,
        })
        .withWaitStrategy(Wait.forAll([Wait.forHealthCheck(), Wait.forListeningPorts()]))
        .start(),
      service('cache', redis.image, 6379)
        .withCommand(redis.command)
        .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
        .start(),
      service('api', apiImage, 8080, api.environment)
        .withWaitStrategy(Wait.forHttp('/health', 8080).forStatusCode(200))
        .start(),
    ]);
    const stop = async () => {
      await Promise.all(containers.map((container) => container.stop({ timeout: 0 })));
      await network.stop();
    };
    const [database, cache, web] = containers;
    stop.ports = {
      postgres: database.getMappedPort(5432),
      redis: cache.getMappedPort(6379),
      api: web.getMappedPort(8080),
    };
    return stop;
  };
}

import { enableCompileCache } from '../compile-cache.js';

enableCompileCache();

// What the docker command runs for `docker portside ...`, through the file that install-docker-plugin writes.
const args = process.argv.slice(2);

if (args[0] === 'docker-cli-plugin-metadata') {
  const { packageVersion } = await import('../../model/version.js');
  const metadata = {
    SchemaVersion: '0.1.0',
    Vendor: 'portside',
    Version: packageVersion(),
    ShortDescription: 'Run a Compose file as a test environment',
  };
  process.stdout.write(`${JSON.stringify(metadata)}\n`);
} else {
  const [{ readPluginCall }, { followDocker }, { runProcess }] = await Promise.all([
    import('./call.js'),
    import('./follow-docker.js'),
    import('../process.js'),
  ]);
  const socket = process.env['DOCKER_CLI_PLUGIN_SOCKET'];
  if (socket) {
    followDocker(socket, {
      once: (name, listener) => process.once(name, listener),
      terminate: () => process.kill(process.pid, 'SIGTERM'),
    });
  }
  const { argv, environment } = readPluginCall(args, process.env);
  await runProcess(argv, environment);
}

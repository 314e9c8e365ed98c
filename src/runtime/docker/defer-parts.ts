import Module, { createRequire } from 'node:module';

/**
 * Lets dockerode load without what only some need of it, builds with a session (gRPC), and without its way to `ssh://` addresses, in
 * whose place there is `SshConnections`. Both together take longer to load than the rest. They load when they are first used; where they lie elsewhere, dockerode loads them itself as ever.
 * Import this before dockerode.
 */
function deferParts(): void {
  try {
    const here = createRequire(import.meta.url);
    const dockerode = createRequire(here.resolve('dockerode'));
    const modem = createRequire(dockerode.resolve('docker-modem'));
    defer(dockerode, './session');
    defer(modem, './ssh');
  } catch {
    // Laid out in another way: nothing is put off.
  }
}

/** Puts a stand-in into the module cache, which loads the real module as soon as anything is done with it. */
function defer(require: NodeJS.Require, name: string): void {
  const path = require.resolve(name);
  if (require.cache[path] !== undefined) return;
  const standIn = new Module(path);
  const load = () => {
    if (require.cache[path] === standIn) delete require.cache[path];
    return require(path);
  };
  standIn.filename = path;
  standIn.loaded = true;
  standIn.exports = new Proxy(() => undefined, {
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    get: (_, key) => Reflect.get(load(), key),
  });
  require.cache[path] = standIn;
}

deferParts();

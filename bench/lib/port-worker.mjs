// Run as a process of its own by port-processes.mjs: picks ports, binds each a little later, and says what became of them.
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createJiti } from 'jiti';

const { module, picker, stateFolder } = JSON.parse(process.argv[2]);

/** Each picker: `pick(how, name)` gives a port, `giveBack(port)` gives it up. */
const pickers = {
  portside: ({ PortAllocator }) => {
    const allocator = new PortAllocator({ stateFolder, portRanges: {} });
    return {
      pick: ({ preferred, range }, name) =>
        range === undefined
          ? allocator.allocatePort(name, preferred === undefined ? {} : { preferred })
          : allocator.allocatePortInRange(name, ...range),
      giveBack: (port) => allocator.releasePort(port),
    };
  },
  'get-port': ({ default: getPort, portNumbers, clearLockedPorts }) => ({
    pick: ({ preferred, range }) =>
      getPort(
        range === undefined ? (preferred === undefined ? {} : { port: preferred }) : { port: portNumbers(...range) },
      ),
    giveBack: () => clearLockedPorts(),
  }),
};

const loaded = await (module.endsWith('.ts') ? createJiti(import.meta.url).import(module) : import(module));
const { pick, giveBack } = pickers[picker](loaded);

/** Resolves to how long it was listened, or to the code of the failure. */
function listenOn(port, holdMs) {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', ({ code }) => resolve(code));
    server.listen({ port, host: '127.0.0.1' }, async () => {
      await sleep(holdMs);
      server.close(() => resolve('listened'));
    });
  });
}

process.on('message', async ({ how, rounds, waitMs }) => {
  const held = [];
  const failures = {};
  for (let round = 0; round < rounds; round++) {
    const port = await pick(how, `${process.pid}-${round}`);
    const from = process.hrtime.bigint();
    await sleep(waitMs);
    const result = await listenOn(port, waitMs);
    held.push([port, Number(from), Number(process.hrtime.bigint())]);
    giveBack(port);
    if (result !== 'listened') failures[result] = (failures[result] ?? 0) + 1;
  }
  process.send({ held, failures });
});
process.send('ready');

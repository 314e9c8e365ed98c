// Run as a process of its own: allocates ports as its argument says, binds each one later, and prints what it got.
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PortAllocator } from '../../src/ports/index.js';

const { stateFolder, service, rounds, startAt, ...options } = JSON.parse(process.argv[2] ?? '') as {
  stateFolder: string;
  service: string;
  rounds: number;
  startAt: number;
  preferred?: number;
  range?: [number, number];
};

const allocator = new PortAllocator({ stateFolder, portRanges: {} });
const ports: number[] = [];
const servers: Server[] = [];
await sleep(startAt - Date.now());
for (let round = 0; round < rounds; round++) {
  const name = `${service}-${round}`;
  const { range, preferred } = options;
  const port =
    range === undefined
      ? await allocator.allocatePort(name, preferred === undefined ? {} : { preferred })
      : await allocator.allocatePortInRange(name, ...range);
  await sleep(5);
  const server = createServer().listen({ port, host: '127.0.0.1' });
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  servers.push(server);
  ports.push(port);
}
console.log(JSON.stringify(ports));
process.stdin.resume().on('end', async () => {
  for (const server of servers) server.close();
  await allocator[Symbol.asyncDispose]();
});

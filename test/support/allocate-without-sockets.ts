// Run as a process of its own: uses every file descriptor that it may have, asks for a port, and prints what came of it.
import { closeSync, openSync } from 'node:fs';
import { PortAllocator } from '../../src/ports/index.js';

const allocator = new PortAllocator({ stateFolder: process.argv[2] ?? '' });
// Whatever is loaded late is loaded now.
await allocator.allocatePort('before');
const open: number[] = [];
try {
  for (;;) open.push(openSync('/dev/null', 'r'));
} catch {
  // That was the last one.
}
const result = await allocator.allocatePort('meanwhile').catch((error: unknown) => error);
for (const descriptor of open) closeSync(descriptor);
const later = await allocator.allocatePort('later');
console.log(JSON.stringify({ result, later }));
await allocator[Symbol.asyncDispose]();

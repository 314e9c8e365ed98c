// Run as a process of its own: says that it is ready, and when told to go tries to reserve the ports 1 to N, and prints which it got.
import { once } from 'node:events';
import { PortReservations } from '../../src/ports/index.js';

const [stateFolder = '', count = '0'] = process.argv.slice(2);
const reservations = new PortReservations(stateFolder);
console.log('ready');
await once(process.stdin, 'data');
const ports = Array.from({ length: Number(count) }, (_, index) => index + 1);
console.log(JSON.stringify(ports.filter((port) => reservations.reserve(port, 'mine'))));
// What it got is its own until its standard input ends.
process.stdin.resume();

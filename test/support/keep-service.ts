// Run as a process of its own: registers the service that its argument names, and keeps it registered until it is killed.
import { type Registration, type RegistryAddress, RegistryClient } from '../../src/registry/index.js';

const { address, id, registration } = JSON.parse(process.argv[2] ?? '') as {
  address: RegistryAddress;
  id: string;
  registration: Registration;
};

await new RegistryClient(address).keep(id, registration, { intervalMs: 200 });
process.stdout.write('registered\n');
process.stdin.resume();

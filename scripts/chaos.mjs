// Lets registries, services and clients run as processes in a network of their own, disturbs them for a while, and then looks whether
// every client finds every living service and no dead one: npm run chaos -- [--seconds 60] [--seed 1].
import { parseArgs } from 'node:util';

const roles = {
  run: () => import('./chaos/run.mjs'),
  service: () => import('./chaos/service.mjs'),
  client: () => import('./chaos/client.mjs'),
};

const { values } = parseArgs({
  options: {
    role: { type: 'string', default: 'run' },
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    order: { type: 'string', default: '{}' },
  },
});
const { start } = await roles[values.role]();
await start({ seconds: Number(values.seconds), seed: Number(values.seed), ...JSON.parse(values.order) });

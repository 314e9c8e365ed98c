import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';

const { openEnvironment } = await import(new URL('../../dist/index.js', import.meta.url));
const { listSnapshots } = await import(new URL('../../dist/environment/index.js', import.meta.url));

/**
 * Starts the demo stack once from a source, stops it, and waits for the snapshot that is made afterwards. Gives its containers as `imagesOf`
 * does, without Docker nothing.
 */
export async function firstStart(source) {
  const { runtime } = source.settings;
  const handle = await openEnvironment({ source, client: 'bench' });
  const images = runtime === 'docker' ? await imagesOf(handle.key) : undefined;
  await handle.close();
  const places = { stateFolder: source.environment.PORTSIDE_STATE_DIR, environment: source.environment, now: Date.now };
  const isKept = (snapshot) =>
    snapshot.runtime === runtime && snapshot.service === 'postgres-primary' && snapshot.usable;
  while (!(await listSnapshots(places)).some(isKept)) await sleep(100);
  return images;
}

/** Gives `{ Id, Image }` of every container of an environment, by its service. */
export async function imagesOf(key) {
  const containers = await new Docker().listContainers({ filters: { label: [`dev.portside.key=${key}`] } });
  return Object.fromEntries(containers.map(({ Labels, Id, Image }) => [Labels['dev.portside.service'], { Id, Image }]));
}

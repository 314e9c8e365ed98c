import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { engineAnswer, engineStatus } from './engine-error.js';

/** How long somebody else's removal of a container may take, in milliseconds. */
const removalMs = 30_000;

/** Kills and removes a container with its anonymous volumes; `false`: it was gone, or somebody else removed it meanwhile. */
export async function eraseContainer(client: Docker, id: string): Promise<boolean> {
  const container = client.getContainer(id);
  try {
    await container.remove({ force: true, v: true });
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    if (!/already in progress/i.test(engineAnswer(error)) || !(await isGoneIn(removalMs, container))) throw error;
    return false;
  }
}

/** Waits until somebody else has removed the container; `false` when it is there all the same. Throws what the engine says otherwise. */
async function isGoneIn(ms: number, container: Docker.Container): Promise<boolean> {
  const until = performance.now() + ms;
  const isGone = () =>
    container.inspect().then(
      () => false,
      (error: unknown) => {
        if (engineStatus(error) === 404) return true;
        throw error;
      },
    );
  while (!(await isGone())) {
    if (performance.now() > until) return false;
    await sleep(50);
  }
  return true;
}

/** Removes a network, after disconnecting what others connected to it; `false`: it was gone. */
export async function removeNetwork(client: Docker, id: string): Promise<boolean> {
  const network = client.getNetwork(id);
  try {
    return await unlessGone(network.remove());
  } catch (error) {
    if (!/active endpoints/i.test(engineAnswer(error))) throw error;
    const info = await network.inspect();
    for (const Container of Object.keys(info.Containers ?? {})) await network.disconnect({ Container, Force: true });
    return unlessGone(network.remove());
  }
}

/** Removes a volume; `false`: it was gone. */
export function removeVolume(client: Docker, name: string): Promise<boolean> {
  return unlessGone(client.getVolume(name).remove());
}

async function unlessGone(removal: Promise<unknown>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw error;
  }
}

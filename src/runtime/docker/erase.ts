import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { engineAnswer, engineStatus } from './engine-error.js';

/** Kills and removes a container with its anonymous volumes; `false`: it was gone, or somebody else removed it meanwhile. */
export async function eraseContainer(client: Docker, id: string): Promise<boolean> {
  const container = client.getContainer(id);
  try {
    await container.remove({ force: true, v: true });
    return true;
  } catch (error) {
    if (/already in progress/i.test(engineAnswer(error))) await untilGone(container);
    else if (engineStatus(error) !== 404) throw error;
    return false;
  }
}

async function untilGone(container: Docker.Container): Promise<void> {
  const isGone = () =>
    container.inspect().then(
      () => false,
      (error: unknown) => engineStatus(error) === 404,
    );
  while (!(await isGone())) await sleep(50);
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

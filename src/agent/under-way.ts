import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../environment/index.js';
import type { ServicePhase } from '../model/index.js';

const before: readonly ServicePhase[] = ['waiting', 'pulling', 'building', 'creating'];

/**
 * Resolves when the services that wait for no other are being started, so that this process has nothing more to ask of the engine for a
 * while; or when the environment has come to its end. `patienceMs`: the longest wait, in milliseconds, since an image may have to be
 * pulled first.
 */
export async function untilUnderWay(environment: Environment, patienceMs = 150): Promise<void> {
  const services = environment.plan.services.filter(
    ({ dependsOn, definition }) => dependsOn.length === 0 && definition.replicas > 0,
  );
  const first = new Set(services.map(({ name }) => name));
  const isUnderWay = (): boolean =>
    environment.state.state !== 'starting' ||
    environment.progress.every(({ service, phase }) => !first.has(service) || !before.includes(phase));
  let unsubscribe = (): void => {};
  const underWay = new Promise<void>((resolve) => {
    const check = (): void => {
      if (isUnderWay()) resolve();
    };
    unsubscribe = environment.subscribe(check);
    check();
  });
  await Promise.race([underWay, sleep(patienceMs, undefined, { ref: false })]);
  unsubscribe();
  // The last request is written in the next turns of the loop.
  await sleep(1);
}

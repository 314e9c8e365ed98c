import type Docker from 'dockerode';
import { expect, it } from 'vitest';
import { eraseContainer } from './erase.js';

const answer = (statusCode: number, message: string) =>
  Object.assign(new Error(message), { statusCode, json: { message } });
const underWay = answer(409, 'removal of container x is already in progress');

/** An engine in which somebody else is just removing the container; no engine does so on demand. */
function engineWith(looks: readonly (Error | undefined)[]): Docker {
  const left = [...looks];
  const inspect = async () => {
    const look = left.shift();
    if (look !== undefined) throw look;
  };
  const remove = () => Promise.reject(underWay);
  return { getContainer: () => ({ inspect, remove }) } as unknown as Docker;
}

it('waits until somebody else has removed the container', async () => {
  expect(await eraseContainer(engineWith([undefined, undefined, answer(404, 'no such container')]), 'x')).toBe(false);
});

it('fails when the engine goes away meanwhile', async () => {
  const lost = new Error('connect ENOENT /var/run/docker.sock');
  await expect(eraseContainer(engineWith([undefined, lost]), 'x')).rejects.toBe(lost);
});

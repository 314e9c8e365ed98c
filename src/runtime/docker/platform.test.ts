import { expect, it } from 'vitest';
import { platformOf } from './platform.js';

it.each([
  [{ platform: 'linux/arm64' }, { DOCKER_DEFAULT_PLATFORM: 'linux/amd64' }, 'linux/arm64'],
  [{}, { DOCKER_DEFAULT_PLATFORM: 'linux/amd64' }, 'linux/amd64'],
  [{}, { DOCKER_DEFAULT_PLATFORM: '' }, undefined],
  [{}, {}, undefined],
])('an image of %j on a host with %j is for the platform %j', (container, environment, platform) => {
  expect(platformOf({ container }, environment)).toBe(platform);
});

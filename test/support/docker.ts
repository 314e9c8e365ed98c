import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { findEngine } from '../../src/runtime/docker/index.js';
import { describeWhere } from './describe-where.js';

const found = await findEngine(process.env);

/**
 * Groups tests that need a Docker engine. Without one they are skipped, and the reason is printed; on CI
 * and with `PORTSIDE_REQUIRE_DOCKER=1` the group fails instead.
 */
export function describeWithDocker(name: string, body: () => void): void {
  describeWhere(name, found.ok ? undefined : found.error, body);
}

/** As `describeWithDocker`, for tests that need an image which only `node scripts/setup.mjs --docker` brings. */
export function describeWithImage(name: string, image: string, body: () => void): void {
  if (found.ok && docker(['images', '--quiet', image]) === '') {
    describeWhere(name, `there is no image ${image} (node scripts/setup.mjs --docker)`, body);
  } else describeWithDocker(name, body);
}

/** Runs the `docker` command line, for looking at the engine from outside, and gives what it prints. */
export function docker(args: readonly string[]): string {
  return execFileSync('docker', args, { encoding: 'utf8' }).trim();
}

/** Gives the containers, networks and volumes that the environments of a project, or of its folder, have left in the engine. */
export function leftovers(folder: string): readonly string[] {
  const project = basename(folder).toLowerCase();
  const named = ['--filter', `name=${project}`, '-q'];
  const found = [
    docker(['ps', '-a', ...named]),
    docker(['network', 'ls', ...named]),
    docker(['volume', 'ls', ...named]),
  ];
  return found.flatMap((ids) => ids.split('\n').filter((id) => id !== ''));
}

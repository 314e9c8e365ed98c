import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { describe, it } from 'vitest';
import { findEngine } from '../../src/runtime/docker/index.js';

const found = await findEngine(process.env);

/**
 * Groups tests that need a Docker engine. Without one they are skipped, and the reason is printed; on CI
 * and with `PORTSIDE_REQUIRE_DOCKER=1` the group fails instead.
 */
export function describeWithDocker(name: string, body: () => void): void {
  if (found.ok) {
    describe(name, body);
    return;
  }
  const { error } = found;
  if (process.env['PORTSIDE_REQUIRE_DOCKER'] === '1' || process.env['CI'] === 'true') {
    describe(name, () => {
      it('finds a Docker engine', () => {
        throw error;
      });
    });
    return;
  }
  process.stderr.write(`\nSkipped, ${name}: ${error.message}\n`);
  describe.skip(name, body);
}

/** As `describeWithDocker`, for tests that need an image which only `node scripts/setup.mjs --docker` brings. */
export function describeWithImage(name: string, image: string, body: () => void): void {
  const isRequired = process.env['PORTSIDE_REQUIRE_DOCKER'] === '1' || process.env['CI'] === 'true';
  if (!found.ok || isRequired || docker(['images', '--quiet', image]) !== '') {
    describeWithDocker(name, body);
    return;
  }
  process.stderr.write(`\nSkipped, ${name}: there is no image ${image} (node scripts/setup.mjs --docker).\n`);
  describe.skip(name, body);
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

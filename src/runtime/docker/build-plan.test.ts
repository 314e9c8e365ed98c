import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { BuildDefinition, PlannedService } from '../../model/index.js';
import { planBuild } from './build-plan.js';

let context: string;
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'portside-build-'));
  onTestFinished(() => rmSync(context, { recursive: true, force: true }));
  write('Dockerfile', 'FROM scratch\n');
});

function write(name: string, content = ''): void {
  mkdirSync(dirname(join(context, name)), { recursive: true });
  writeFileSync(join(context, name), content);
}

const plan = (build: Partial<BuildDefinition> = {}) =>
  planBuild('Shop', { name: 'api' } as PlannedService, { context, args: {}, ...build } as BuildDefinition);
const sent = async (build?: Partial<BuildDefinition>) => (await plan(build)).entries?.map(({ path }) => path);

describe('planBuild', () => {
  it('gives a tag that changes with every file, mode and option', async () => {
    const tags = new Set<string>();
    const note = async (build?: Partial<BuildDefinition>) => tags.add((await plan(build)).tag);
    await note();
    await note();
    expect(tags.size).toBe(1);
    write('a', '1');
    await note();
    write('a', '2');
    await note();
    chmodSync(join(context, 'a'), 0o755);
    await note();
    await note({ args: { A: '1' } });
    symlinkSync('a', join(context, 'link'));
    await note();
    expect(tags.size).toBe(6);
    for (const tag of tags) expect(tag).toMatch(/^portside-build\/shop-api:[0-9a-f]{16}$/);
  });

  it('gives a tag for each platform, whatever else is published', async () => {
    const tagFor = async (platform?: string, build: Partial<BuildDefinition> = {}) =>
      (await planBuild('Shop', { name: 'api' } as PlannedService, { context, args: {}, ...build }, platform)).tag;
    expect(await tagFor('linux/arm64')).not.toBe(await tagFor());
    expect(await tagFor('linux/arm64')).not.toBe(await tagFor('linux/amd64'));
    expect(await tagFor('linux/arm64', { platforms: ['linux/amd64'] })).toBe(await tagFor('linux/arm64'));
  });

  it('sends links as links', async () => {
    symlinkSync('nowhere', join(context, 'link'));
    expect((await plan()).entries).toContainEqual(
      expect.objectContaining({ path: 'link', type: 'symlink', linkname: 'nowhere' }),
    );
  });

  it('leaves out what .dockerignore names, and keeps what the engine needs', async () => {
    write('.dockerignore', 'node_modules\ndocker\n*.log\n!keep.log\n');
    for (const name of ['node_modules/x.js', 'docker/Dockerfile.test', 'a.log', 'keep.log', 'src/a.js']) write(name);
    expect(await sent({ dockerfile: 'docker/Dockerfile.test' })).toEqual([
      ...['.dockerignore', 'Dockerfile', 'docker/Dockerfile.test', 'keep.log', 'src', 'src/a.js'],
    ]);
    write('.dockerignore', 'docker\n');
    expect(await sent()).not.toContain('docker/Dockerfile.test');
  });

  it('prefers the file that is named like the Dockerfile', async () => {
    write('.dockerignore', 'b\n');
    write('Dockerfile.dockerignore', 'a\n');
    write('a');
    write('b');
    expect(await sent()).toEqual(expect.arrayContaining(['b']));
    expect(await sent()).not.toContain('a');
  });

  it('adds a Dockerfile that is written in the file, or lies elsewhere', async () => {
    const inline = await plan({ dockerfileInline: 'FROM other\n' });
    expect(inline).toMatchObject({ dockerfile: '.portside.dockerfile', text: 'FROM other\n' });
    expect(inline.entries?.at(-1)).toMatchObject({ path: '.portside.dockerfile', content: 'FROM other\n' });
    write('sub/x');
    const outside = await plan({ context: join(context, 'sub'), dockerfile: '../Dockerfile' });
    expect(outside).toMatchObject({ dockerfile: '.portside.dockerfile', text: 'FROM scratch\n' });
  });

  it('leaves a context on another machine to the engine', async () => {
    const remote = await plan({ context: 'https://example.com/a.git#main' });
    expect(remote).toMatchObject({ dockerfile: 'Dockerfile', text: '' });
    expect(remote).not.toHaveProperty('entries');
    expect((await plan({ context: 'git@example.com:a.git', dockerfile: 'D' })).dockerfile).toBe('D');
    expect((await plan({ context: 'https://example.com/b.git' })).tag).not.toBe(remote.tag);
  });

  it('says what of a build cannot be read', async () => {
    await expect(plan({ dockerfile: 'none' })).rejects.toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      service: 'api',
      message: expect.stringContaining('none does not exist'),
    });
    mkdirSync(join(context, '.dockerignore'));
    await expect(plan()).rejects.toMatchObject({ message: expect.stringContaining('EISDIR') });
  });
});

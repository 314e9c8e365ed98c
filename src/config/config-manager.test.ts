import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigManager, type ConfigManagerOptions } from './config-manager.js';
import { manageConfig } from './manage-config.js';

let folder: string;
let file: string;
const managers: ConfigManager<unknown>[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-manager-'));
  file = join(folder, 'config.json');
});
afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.close();
  rmSync(folder, { recursive: true });
});

interface Config {
  readonly level: number;
}

/** Manages a JSON file whose level must be a number. */
async function open(
  level: number,
  options: Partial<ConfigManagerOptions<Config>> = {},
): Promise<ConfigManager<Config>> {
  writeFileSync(file, JSON.stringify({ level }));
  const load = async (): Promise<Config> => {
    const config = JSON.parse(await readFile(file, 'utf8'));
    if (typeof config.level !== 'number') throw new Error(`level is ${config.level}`);
    return config;
  };
  const manager = await ConfigManager.open({ load, files: [file], intervalMs: 5, ...options });
  managers.push(manager as ConfigManager<unknown>);
  return manager;
}

/** Replaces the file as editors do. */
function replace(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

describe('ConfigManager', () => {
  it('H87 H88 H89 reads a file again when it has changed, and tells those who listen', async () => {
    const manager = await open(1);
    const told = new Promise<[Config, Config]>((resolve) => manager.subscribe((...change) => resolve(change)));
    replace('{"level": 2, "more": true}');
    expect(await told).toEqual([{ level: 2, more: true }, { level: 1 }]);
    expect(manager.current).toMatchObject({ level: 2 });
  });

  it('H90 R8 keeps what it has when the new file cannot be used, says so, and takes the next one', async () => {
    const events: unknown[] = [];
    let fail = (_error: unknown): void => {};
    const failed = new Promise<unknown>((resolve) => {
      fail = resolve;
    });
    const manager = await open(1, {
      onError: (error) => fail(error),
      log: (level, message) => events.push([level, message]),
    });
    const told: number[] = [];
    const second = new Promise<void>((resolve) =>
      manager.subscribe(({ level }) => {
        told.push(level);
        resolve();
      }),
    );
    replace('{"level": "high"}');
    expect(await failed).toMatchObject({ message: 'level is high' });
    expect([manager.current, told]).toEqual([{ level: 1 }, []]);
    replace('{"level": 20}');
    await second;
    expect(told).toEqual([20]);
    await manager.reload();
    expect(events).toContainEqual(['error', 'Configuration not changed: the new one cannot be used']);
    expect(events).toContainEqual(['info', 'Configuration changed']);
  });

  it('R8 takes a change back from every part when one refuses it, the last one first', async () => {
    const manager = await open(1);
    const told: string[] = [];
    manager.subscribe(({ level }) => told.push(`first ${level}`));
    manager.subscribe(async ({ level }) => {
      told.push(`second ${level}`);
      if (level === 2) throw new Error('2 is too much.');
    });
    manager.subscribe(({ level }) => told.push(`third ${level}`));
    await expect(manager.update(() => ({ level: 2 }))).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Cannot change the configuration: a part of the program refused it: 2 is too much.',
    });
    expect(told).toEqual(['first 2', 'second 2', 'second 1', 'first 1']);
    expect(manager.current).toEqual({ level: 1 });
    expect(await manager.update(({ level }) => ({ level: level + 2 }))).toBe(true);
    expect(told.slice(4)).toEqual(['first 3', 'second 3', 'third 3']);
  });

  it('R8 says what could not be taken back', async () => {
    const manager = await open(1);
    manager.subscribe(() => Promise.reject(new Error('broken')));
    await expect(manager.update(() => ({ level: 2 }))).rejects.toThrow('broken. Taking it back failed too: broken.');
  });

  it('R8 lets a listener read the configuration that it is told, and not wait for another change', async () => {
    const manager = await open(1);
    const seen: unknown[] = [];
    manager.subscribe(async () => {
      seen.push(manager.current);
      await manager.reload().catch((error) => seen.push(error.code));
    });
    await manager.update(() => ({ level: 2 }));
    expect(seen).toEqual([{ level: 2 }, 'USAGE']);
  });

  it('makes one change after the other, and none where nothing has changed', async () => {
    const manager = await open(0);
    const told: number[] = [];
    manager.subscribe(async ({ level }) => {
      await new Promise(setImmediate);
      told.push(level);
    });
    const changes = [1, 2, 3].map((level) => manager.update(() => ({ level })));
    expect(await Promise.all([...changes, manager.update((current) => ({ ...current }))])).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(told).toEqual([1, 2, 3]);
  });

  it('reads the file again that has changed while it was first read', async () => {
    writeFileSync(file, '{"level": 1}');
    let loads = 0;
    const load = async (): Promise<Config> => {
      const config = JSON.parse(await readFile(file, 'utf8'));
      if (++loads === 1) {
        replace('{"level": 2, "later": true}');
        // Longer than the file goes unwatched.
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return config;
    };
    const manager = await ConfigManager.open({ load, files: [file], intervalMs: 5 });
    managers.push(manager as ConfigManager<unknown>);
    await expect.poll(() => manager.current, { timeout: 50_000 }).toEqual({ level: 2, later: true });
  });

  it('tells nobody who has left, nor anybody after it was closed', async () => {
    const manager = await open(1);
    const told: string[] = [];
    const leave = manager.subscribe(() => told.push('left'));
    manager.subscribe(() => told.push('stays'));
    leave();
    await manager.update(() => ({ level: 2 }));
    await manager.close();
    await manager[Symbol.asyncDispose]();
    await manager.update(() => ({ level: 3 }));
    expect(told).toEqual(['stays']);
  });

  it('is not made of what cannot be read', async () => {
    await expect(open(Number.NaN)).rejects.toThrow('level is null');
  });
});

describe('manageConfig', () => {
  const write = (text: string) => writeFileSync(join(folder, 'portside.config.ts'), text);

  it('H88 H89 follows the portside.config.* of a folder', async () => {
    write("export default { broadcast: { interface: '127.0.0.1' } };");
    const manager = await manageConfig({ cwd: folder, environment: { PORTSIDE_STATE_DIR: folder }, intervalMs: 5 });
    managers.push(manager as ConfigManager<unknown>);
    expect(manager.current.sections.broadcast).toEqual({ interface: '127.0.0.1' });
    const told = new Promise<unknown>((resolve) => manager.subscribe(({ sections }) => resolve(sections.broadcast)));
    write("export default { broadcast: { interface: '127.0.0.1', ttl: '30s' } };");
    expect(await told).toEqual({ interface: '127.0.0.1', ttl: 30_000 });
  });

  it('H90 refuses a change whose sections cannot be, with every problem', async () => {
    write('export default {};');
    const manager = await manageConfig({
      cwd: folder,
      environment: { PORTSIDE_STATE_DIR: folder },
      intervalMs: 60_000,
    });
    managers.push(manager as ConfigManager<unknown>);
    write("export default { broadcast: { ttl: 'soon' }, discovery: { strategy: [] } };");
    await expect(manager.reload()).rejects.toMatchObject({ code: 'CONFIG_INVALID', errors: { length: 2 } });
    expect(manager.current.sections).toEqual({});
  });

  it('says that there is no file', async () => {
    await expect(manageConfig({ cwd: folder })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(folder),
    });
  });
});

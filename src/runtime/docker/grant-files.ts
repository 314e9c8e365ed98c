import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GrantedFile } from './grants.js';

/** Which container files are kept for. */
export interface GrantOwner {
  /** Absolute path of the per-user state folder. */
  readonly stateFolder: string;
  readonly instance: string;
  /** Name of the container. */
  readonly container: string;
}

/**
 * Writes secrets and configs to files of this machine and gives the bind mounts that show them inside: the engine unpacks no
 * archive into a container whose file system is read-only.
 */
export async function bindGrants(files: readonly GrantedFile[], owner: GrantOwner): Promise<readonly string[]> {
  const folder = join(folderOf(owner.stateFolder, owner.instance), owner.container);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return Promise.all(
    files.map(async ({ content, target, mode, uid, gid }, index) => {
      const path = join(folder, String(index));
      await rm(path, { force: true });
      await writeFile(path, content, { mode: 0o600 });
      // Without the right to give files away, the container's root still reads them.
      await chown(path, Number(uid ?? 0), Number(gid ?? 0)).catch(() => undefined);
      await chmod(path, mode ?? 0o444);
      return `${path}:${target}:ro`;
    }),
  );
}

/** Removes what `bindGrants` wrote for one container. */
export async function removeGrantsOf({ stateFolder, instance, container }: GrantOwner): Promise<void> {
  await rm(join(folderOf(stateFolder, instance), container), { recursive: true, force: true });
}

/** Removes what `bindGrants` wrote for an environment. */
export async function removeGrants(stateFolder: string, instance: string): Promise<void> {
  await rm(folderOf(stateFolder, instance), { recursive: true, force: true });
}

function folderOf(stateFolder: string, instance: string): string {
  return join(stateFolder, 'grants', instance);
}

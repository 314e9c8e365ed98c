import { randomBytes } from 'node:crypto';
import { access, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PortsideError, type ServiceKind } from '../model/index.js';

/** What the generated types tell about a service. */
export interface TypedService {
  readonly name: string;
  readonly kind: ServiceKind;
}

/** How the types file is written. */
export interface TypesFileOptions {
  /** Write nothing where there is no `tsconfig.json`. Default false. */
  readonly onlyBesideTsconfig?: boolean;
}

/** Name of the file that `writeTypesFile` writes. */
export const typesFileName = 'portside-env.d.ts';

/**
 * Gives the TypeScript declarations by which `discover` knows the services of one environment (D9), in order of name.
 * Services of kind `worker` have no address and are left out.
 */
export function generateTypes(services: readonly TypedService[]): string {
  const members = services
    .filter((service) => service.kind !== 'worker')
    .map(({ name, kind }) => `      ${quote(name)}: '${kind}';\n`)
    .sort();
  return [
    '// Written by portside from the services of this project; changes are overwritten.\n',
    "import 'portside';\n\n",
    "declare module 'portside' {\n  interface Register {\n    services: {\n",
    ...members,
    '    };\n  }\n}\n',
  ].join('');
}

/**
 * Writes `portside-env.d.ts` into the folder when its content changes; gives the file's path, or `undefined` when there was
 * nothing to write. Errors: `TYPES_FILE_FAILED`.
 */
export async function writeTypesFile(
  directory: string,
  services: readonly TypedService[],
  options: TypesFileOptions = {},
): Promise<string | undefined> {
  const path = join(directory, typesFileName);
  if (options.onlyBesideTsconfig === true && !(await exists(join(directory, 'tsconfig.json')))) return undefined;
  const content = generateTypes(services);
  try {
    if ((await exists(path)) && (await readFile(path, 'utf8')) === content) return undefined;
    await replace(path, content);
  } catch (cause) {
    throw new PortsideError('TYPES_FILE_FAILED', `Cannot write '${path}': ${(cause as Error).message}.`, {
      hint: 'Make the folder writable, or leave the types out: discover() then takes any name.',
      cause,
    });
  }
  return path;
}

/** Several processes may write at once: each writes aside, and the rename puts a whole file in place. */
async function replace(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(aside, content, { flag: 'wx' });
    await rename(aside, path);
  } finally {
    await rm(aside, { force: true });
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

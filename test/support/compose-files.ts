import { type ComposeLoadOptions, type ComposeProject, loadComposeProject } from '../../src/compose/index.js';
import { PortsideError } from '../../src/model/index.js';

/** Files by absolute path, in place of a file system. */
export type Files = Readonly<Record<string, string>>;

/** Loads a project from files in memory; the current folder is `/project`. */
export function loadFiles(files: Files, options: Partial<ComposeLoadOptions> = {}): ComposeProject {
  return loadComposeProject({
    cwd: '/project',
    environment: {},
    fs: {
      exists: (path) => Object.hasOwn(files, path),
      readFile: (path) => {
        const text = files[path];
        if (text === undefined) throw new Error(`no such file: ${path}`);
        return text;
      },
    },
    ...options,
  });
}

/** Loads one Compose file's text. */
export function loadText(text: string, options: Partial<ComposeLoadOptions> = {}): ComposeProject {
  return loadFiles({ '/project/compose.yaml': text }, options);
}

/** Gives the error that a call throws, which must be a `PortsideError`. */
export function errorOf(call: () => unknown): PortsideError {
  try {
    call();
  } catch (error) {
    if (PortsideError.is(error)) return error;
    throw error;
  }
  throw new Error('The call was expected to fail, and did not.');
}

/** Shows an error, and each of the errors it holds, as `CODE line:column`. */
export function summary(error: PortsideError): string[] {
  const all = error.errors.length === 0 ? [error] : error.errors;
  return all.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`);
}

import { writeTypesFile } from '../environment/index.js';
import { type EnvironmentDefinition, PortsideError, type Warning } from '../model/index.js';

/**
 * Writes the types of an environment that is being opened (D9) beside the `tsconfig.json` of the project folder and of the
 * folder that it is opened from. Where that fails there is a warning: tests run without types as well.
 */
export async function writeTypes(
  { directory, services }: EnvironmentDefinition,
  cwd: string,
  onWarning: (warning: Warning) => void = () => {},
): Promise<void> {
  for (const folder of new Set([directory, cwd])) {
    try {
      await writeTypesFile(folder, services, { onlyBesideTsconfig: true });
    } catch (error) {
      if (!PortsideError.is(error)) throw error;
      onWarning({ code: error.code, message: error.message });
    }
  }
}

import { stateFolder } from '../config/index.js';
import { type RegistryAddress, readRegistryRecords } from '../registry/index.js';

/**
 * Gives address and token of the registry server to use: `PORTSIDE_REGISTRY_URL` and `PORTSIDE_REGISTRY_TOKEN`, else the newest
 * `portside registry` that this user runs on this machine; `undefined` when there is none. Throws `STATE_FOLDER_UNSAFE`.
 */
export function findRegistry(): RegistryAddress | undefined {
  const { PORTSIDE_REGISTRY_URL: url, PORTSIDE_REGISTRY_TOKEN: token } = process.env;
  const records = readRegistryRecords(stateFolder(process.env));
  if (url) return { url, token: token || (records.find((record) => record.url === url)?.token ?? '') };
  return records[0];
}

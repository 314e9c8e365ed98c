import { addressOf, type KindAddress, type KindDefinition } from '../model/index.js';

/** Gives the URL of a server of a kind: the kind's own form, else `PROTOCOL://USER:PASSWORD@HOST:PORT/DATABASE`. */
export function urlOfKind(kind: KindDefinition, address: KindAddress): string {
  if (kind.url !== undefined) return kind.url(address);
  const { user, password, database } = address;
  const login = [user ?? '', ...(password ? [password] : [])].map(encodeURIComponent).join(':');
  const at = `${kind.protocol ?? kind.name}://${login === '' ? '' : `${login}@`}${addressOf(address)}`;
  return database === undefined ? at : `${at}/${encodeURIComponent(database)}`;
}

import { addressOf } from '../../model/index.js';
import { rewriteKeyValues, rewriteOptions } from './key-values.js';
import type { Named, Targets } from './targets.js';
import { rewriteGoAddress, rewriteUrl, urlPattern } from './url.js';

const pairPattern = String.raw`(?<![\w.:/\\-])([a-z0-9](?:[\w.-]*\w)?):(\d{1,5})(?![\w.])`;
const either = new RegExp(`${urlPattern.source}|${pairPattern}`, 'gi');

/**
 * Puts the addresses of slices in the place of targets that a text names: in URLs with login and database, in `host:port`, in
 * connection strings. `loginElsewhere`: other variables say with which login.
 */
export function rewriteText(text: string, targets: Targets, loginElsewhere = false): string {
  const connection = rewriteKeyValues(text, targets) ?? rewriteGoAddress(text, targets);
  if (connection !== undefined) return connection;
  let first: Named | undefined;
  const rewritten = text.replace(
    either,
    (whole, scheme: string | undefined, login, hosts = '', path = '', query = '', name: string, digits: string) => {
      if (scheme !== undefined) {
        const url = rewriteUrl({ scheme, login, hosts, path, query }, targets, loginElsewhere);
        // A URL that names no target may carry one that does.
        if (url !== undefined || query === '') return url ?? whole;
        return whole.slice(0, -query.length) + rewriteText(query, targets, loginElsewhere);
      }
      const named = targets.find(name, Number(digits));
      const address = named?.target.address(named.port);
      if (named === undefined || address === undefined) return whole;
      first ??= named;
      return addressOf(address);
    },
  );
  return first === undefined ? rewritten : rewriteOptions(rewritten, first);
}

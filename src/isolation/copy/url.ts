import { addressOf } from '../../model/index.js';
import type { Target } from './target.js';
import type { Targets } from './targets.js';

/** The parts of a URL in a text, as `urlPattern` finds them. */
export interface UrlParts {
  /** With what stands before it: `jdbc:postgresql`. */
  readonly scheme: string;
  readonly login: string | undefined;
  /** One host, or several with commas between them. */
  readonly hosts: string;
  readonly path: string;
  readonly query: string;
}

const host = String.raw`[^\s/?#"'<>@,;:()[\]{}|\\]+(?::\d{1,5})?`;
// After a comma comes another host, unless that begins another URL.
const hosts = `${host}(?:,(?![a-z][a-z0-9+.-]*://)${host})*`;

/** Finds URLs, in a time that grows with the text's length only; groups: scheme, login, hosts, path, query. */
export const urlPattern = new RegExp(
  String.raw`\b((?:[a-z][a-z0-9]{0,20}:){0,3}[a-z][a-z0-9+.-]{0,30})://(?:([^\s/?#"'<>]*)@)?((?:${hosts})?)(/[^\s?#"'<>,;)]*)?(\?[^\s#"'<>]*)?`,
  'gi',
);

/** Also of the names that drivers and frameworks give it. */
const isMysql = /^(mysql|mariadb)/i;

const schemePorts: Readonly<Record<string, number>> = { http: 80, ws: 80, https: 443, wss: 443 };

/** Rewrites one URL; `undefined`: it names no target. `loginElsewhere`: other variables say with which login. */
export function rewriteUrl(parts: UrlParts, targets: Targets, loginElsewhere: boolean): string | undefined {
  const { scheme, path } = parts;
  const inQuery = parts.hosts === '' ? hostInQuery(parts.query, targets) : undefined;
  const rewritten = rewriteHosts(parts.hosts, scheme, targets);
  const target = rewritten?.target ?? inQuery?.target;
  if (target === undefined) return undefined;
  const authority = rewritten?.text ?? '';
  let query = inQuery?.query ?? parts.query;
  if (!speaks(target, scheme)) return join({ ...parts, hosts: authority, query });
  let { login } = parts;
  if (target.newLogin) {
    const isJdbc = /^jdbc:/i.test(scheme);
    const hasUser = parameter(query, 'user') !== undefined;
    query = withLogin(query, target, isJdbc && !loginElsewhere);
    if (!isJdbc && inQuery === undefined && (login !== undefined || !hasUser)) login = loginText(target);
  }
  const database = target.newDatabase ? target.login.database : undefined;
  return join({ scheme, login, hosts: authority, path: withDatabase(path, database), query });
}

function join({ scheme, login, hosts, path, query }: UrlParts): string {
  return `${scheme}://${login === undefined ? '' : `${login}@`}${hosts}${path}${query}`;
}

function rewriteHosts(hosts: string, scheme: string, targets: Targets): { text: string; target: Target } | undefined {
  let first: Target | undefined;
  const usual = schemePorts[scheme.toLowerCase()];
  const text = hosts.split(',').map((one) => {
    const [, name = '', digits] = /^(.*?)(?::(\d+))?$/.exec(one) ?? [];
    const named = targets.find(name, digits === undefined ? undefined : Number(digits));
    if (named === undefined) return one;
    const { target } = named;
    const asked = named.port ?? (usual !== undefined && target.ports.includes(usual) ? usual : undefined);
    const address = target.address(asked);
    if (address === undefined) return one;
    first ??= target;
    const keepsPort = digits === undefined && address.port === (asked ?? target.port);
    return keepsPort ? address.host : addressOf(address);
  });
  return first === undefined ? undefined : { text: text.join(','), target: first };
}

/** `postgresql:///orders?host=db&port=5432` */
function hostInQuery(query: string, targets: Targets): { query: string; target: Target } | undefined {
  const name = parameter(query, 'host');
  const port = parameter(query, 'port');
  const named = name === undefined ? undefined : targets.find(name, port === undefined ? undefined : Number(port));
  const address = named?.target.address(named.port);
  if (named === undefined || address === undefined) return undefined;
  const { target } = named;
  const needsPort = port !== undefined || address.port !== target.port;
  const withHost = setParameter(query, 'host', address.host, true);
  return { target, query: setParameter(withHost, 'port', String(address.port), needsPort) };
}

/** Whether the scheme is the protocol whose login and database the target has; a management page is not. */
function speaks({ kind, protocol, login }: Target, scheme: string): boolean {
  if (kind === 'postgres') return /(^|:)(postgres|postgis|pgsql|psql|pg\b|cockroach|timescale|ecto)/i.test(scheme);
  if (kind === 'redis') return /redis|valkey|^cache$/i.test(scheme);
  if (kind !== 'tcp' || login.user === undefined) return false;
  const spoken = scheme.toLowerCase().split(':').at(-1) ?? '';
  return isMysql.test(protocol) ? isMysql.test(spoken) : spoken.startsWith(protocol);
}

/** `user:password@tcp(db:3306)/orders?parseTime=true`, as Go's driver of MySQL takes it; `undefined`: it names no target. */
export function rewriteGoAddress(text: string, targets: Targets): string | undefined {
  const match = /^([^\s@/]*@)?tcp\(([^():\s]+)(?::(\d{1,5}))?\)\/([^?\s]*)(\?\S*)?$/.exec(text);
  if (match === null) return undefined;
  const [, login = '', name = '', port, path = '', query = ''] = match;
  const named = targets.find(name, port === undefined ? undefined : Number(port));
  const address = named?.target.address(named.port);
  if (named === undefined || address === undefined) return undefined;
  const { newLogin, newDatabase, login: wanted } = named.target;
  const { user = '', password = '', database = path } = wanted;
  return `${newLogin ? `${user}:${password}@` : login}tcp(${addressOf(address)})/${newDatabase ? database : path}${query}`;
}

function loginText({ login: { user, password }, kind }: Target): string | undefined {
  if (user === undefined && !password) return undefined;
  const name = encodeURIComponent(user ?? '');
  return password || kind === 'redis' ? `${name}:${encodeURIComponent(password ?? '')}` : name;
}

function withLogin(query: string, { login: { user, password } }: Target, add: boolean): string {
  const named = user === undefined ? query : setParameter(query, 'user', user, add);
  return password === undefined ? named : setParameter(named, 'password', password, add);
}

function withDatabase(path: string, database: string | undefined): string {
  return database === undefined ? path : path.replace(/^(\/[^/]*)?/, `/${encodeURIComponent(database)}`);
}

function parameter(query: string, name: string): string | undefined {
  const value = new RegExp(`[?&]${name}=([^&]*)`).exec(query)?.[1];
  return value === undefined ? undefined : decoded(value);
}

function setParameter(query: string, name: string, value: string, add: boolean): string {
  const text = `${name}=${encodeURIComponent(value)}`;
  const present = new RegExp(`([?&])${name}=[^&]*`);
  if (present.test(query)) return query.replace(present, (_, before: string) => before + text);
  if (!add) return query;
  return query === '' || query === '?' ? `?${text}` : `${query}&${text}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

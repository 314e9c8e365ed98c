import type { Named, Targets } from './targets.js';

type Role = 'host' | 'port' | 'user' | 'password' | 'database';

const roles: Readonly<Record<string, Role>> = {
  host: 'host',
  hostaddr: 'host',
  server: 'host',
  datasource: 'host',
  address: 'host',
  addr: 'host',
  port: 'port',
  user: 'user',
  username: 'user',
  userid: 'user',
  uid: 'user',
  password: 'password',
  pwd: 'password',
  dbname: 'database',
  database: 'database',
  initialcatalog: 'database',
};

const semicolonPair = String.raw`(\s*[a-z][a-z _]*=)("[^"]*"|'[^']*'|[^;]*)`;
const spacePair = String.raw`([a-z][a-z_]*\s*=\s*)('(?:\\.|[^'\\])*'|[^\s']*)`;
const withSemicolons = { each: new RegExp(semicolonPair, 'gi'), whole: patternOfMany(semicolonPair, ';') };
const withSpaces = { each: new RegExp(`\\b${spacePair}`, 'gi'), whole: patternOfMany(spacePair, String.raw`\s+`) };

/** One `key=value` of a text, with what stands around the value. */
interface Entry {
  readonly role: Role | undefined;
  readonly value: string;
  /** Up to and with the equals sign. */
  readonly head: string;
}

/**
 * Rewrites a connection string made of keys and values, as libpq (`host=db port=5432 dbname=orders`) and .NET
 * (`Host=db;Username=app`) take them; `undefined`: the text is none, or names no target.
 */
export function rewriteKeyValues(text: string, targets: Targets): string | undefined {
  const semicolons = text.includes(';');
  const { whole, each: pattern } = semicolons ? withSemicolons : withSpaces;
  // A command line with an assignment in it is none.
  if (!whole.test(text)) return undefined;
  const entries = [...text.matchAll(pattern)].map(([, head = '', value = '']) => entryOf(head, value));
  const textOf = (role: Role) => entries.find((entry) => entry.role === role)?.value;
  const host = textOf('host');
  const port = textOf('port');
  const named = host === undefined ? undefined : findHost(host, port, targets);
  const address = named?.target.address(named.port);
  if (named === undefined || address === undefined) return undefined;
  const { target } = named;
  const { login, newLogin, newDatabase } = target;
  const wanted: Partial<Record<Role, string | undefined>> = {
    host: address.host,
    port: port !== undefined || address.port !== target.port ? String(address.port) : undefined,
    ...(newLogin ? { user: login.user, password: login.password } : {}),
    ...(newDatabase ? { database: login.database } : {}),
  };
  const quote = (value: string) => quoted(value, semicolons);
  const replaced = text.replace(pattern, (whole, head: string, value: string) => {
    const { role } = entryOf(head, value);
    const next = role === undefined ? undefined : wanted[role];
    return next === undefined ? whole : head + quote(next);
  });
  const names: Readonly<Record<string, string>> = semicolons
    ? { port: 'Port', user: 'Username', password: 'Password', database: 'Database' }
    : { port: 'port', user: 'user', password: 'password', database: 'dbname' };
  const missing = Object.entries(names).flatMap(([role, name]) => {
    const value = wanted[role as Role];
    return value === undefined || value === '' || textOf(role as Role) !== undefined ? [] : `${name}=${quote(value)}`;
  });
  if (missing.length === 0) return replaced;
  return semicolons ? `${replaced.replace(/;\s*$/, '')};${missing.join(';')}` : `${replaced} ${missing.join(' ')}`;
}

/** Rewrites the login in a list such as `cache:6379,password=secret,ssl=false`, whose address is rewritten already. */
export function rewriteOptions(text: string, { target }: Named): string {
  const { kind, login, newLogin, newDatabase } = target;
  if (kind !== 'redis' || !text.includes(',')) return text;
  const options: readonly (readonly [string, string | undefined])[] = [
    ['user', newLogin ? login.user : undefined],
    ['password', newLogin ? login.password : undefined],
    ['defaultDatabase', newDatabase ? login.database : undefined],
  ];
  return options.reduce((list, [name, value]) => {
    if (value === undefined) return list;
    const present = new RegExp(`(,\\s*${name}\\s*=)[^,]*`, 'i');
    return present.test(list) ? list.replace(present, (_, head: string) => head + value) : `${list},${name}=${value}`;
  }, text);
}

function entryOf(head: string, raw: string): Entry {
  const key = head.replace(/[\s_=]/g, '').toLowerCase();
  const inner = /^(["'])(.*)\1$/s.exec(raw.trim())?.[2];
  return { head, role: roles[key], value: inner === undefined ? raw.trim() : inner.replace(/\\(.)/g, '$1') };
}

function findHost(host: string, port: string | undefined, targets: Targets): Named | undefined {
  return targets.find(host, port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : undefined);
}

function patternOfMany(pair: string, separator: string): RegExp {
  return new RegExp(`^\\s*${pair}(${separator}${pair})*;?\\s*$`, 'i');
}

function quoted(value: string, semicolons: boolean): string {
  if (semicolons) return /[;'"]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  return value === '' || /[\s'\\]/.test(value) ? `'${value.replace(/['\\]/g, '\\$&')}'` : value;
}

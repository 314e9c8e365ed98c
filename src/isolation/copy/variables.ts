import type { Target } from './target.js';
import type { Targets } from './targets.js';
import { rewriteText } from './text.js';

type Values = Readonly<Record<string, string>>;
type Role = 'port' | 'user' | 'password' | 'database';

/** A variable that names a target: the ones that go with it begin with one of the stems. */
interface Anchor {
  readonly key: string;
  readonly target: Target;
  readonly stems: readonly string[];
  /** The value is nothing but a host name, or several. */
  readonly isHost: boolean;
}

/** Variables that go with an anchor: name, what they say, and the stem that they share. */
type Siblings = readonly (readonly [name: string, role: Role, stem: string])[];

/** Of a variable whose value is the path of the file that has the value. */
const fileSuffix = /[_.-]*file$/i;

const hostSuffix = /[_.-]*(hostname|hostaddr|hosts?|addr(?:ess)?|servers?|endpoints?|brokers?|nodes?|ip)$/i;
const urlSuffix = /[_.-]*(jdbc|url|uri|dsn|conn(?:ection)?(?:[_.-]?str(?:ing)?)?)$/i;

const roles: Readonly<Record<string, Role>> = {
  port: 'port',
  user: 'user',
  username: 'user',
  userid: 'user',
  uid: 'user',
  login: 'user',
  password: 'password',
  passwd: 'password',
  pass: 'password',
  pwd: 'password',
  db: 'database',
  database: 'database',
};
const databaseNames = ['name', 'dbname', 'databasename'];
const databaseNumbers = ['dbindex', 'dbnumber', 'index'];

/** What the variables of a kind are called where nothing else says what they belong to. */
const families: Readonly<Record<string, readonly string[]>> = {
  postgres: ['PG', 'POSTGRES', 'POSTGRESQL', 'DB', 'DATABASE', 'SQL'],
  redis: ['REDIS', 'VALKEY', 'CACHE'],
  tcp: ['DB', 'DATABASE', 'SQL'],
};

/**
 * Rewrites variables that belong together: the texts that name targets, bare host names under a name that says host, and next to
 * those the port, user, password and database (`DB_HOST`, `DB_PORT`, `DB_NAME`). Whatever names no target stays as it is.
 */
export function rewriteVariables(values: Values, targets: Targets): Record<string, string> {
  const rewritten: Record<string, string> = { ...values };
  const anchors = Object.entries(values).flatMap(([key, value]) => anchorOf(key, value, values, targets) ?? []);
  const handled = new Set(anchors.map(({ key }) => key));
  for (const anchor of anchors) {
    const siblings = siblingsOf(anchor, values);
    rewritten[anchor.key] = anchor.isHost
      ? rewriteHosts(anchor, siblings, values, targets)
      : rewriteValue(
          values[anchor.key] ?? '',
          targets,
          siblings.some(([, role]) => role === 'user'),
        );
    for (const [key, role, stem] of siblings) {
      if (handled.has(key)) continue;
      const before = values[key] ?? '';
      const isPath = fileSuffix.test(key) || before.startsWith('/run/secrets/');
      const value = replacement(role, before, anchor.target, stem === '');
      if (value === undefined) continue;
      rewritten[key] = isPath ? targets.putInFile(before, value) : value;
      handled.add(key);
    }
    if (anchor.isHost) Object.assign(rewritten, additions(anchor, siblings, rewritten));
  }
  for (const [key, value] of Object.entries(values)) {
    if (handled.has(key)) continue;
    const found = strays(key, value, anchors);
    if (found !== undefined) rewritten[key] = found;
  }
  return rewritten;
}

/** Rewrites one value: JSON as variables that belong together, anything else as text. */
function rewriteValue(value: string, targets: Targets, loginElsewhere = false): string {
  const json = /^\s*[[{]/.test(value) ? parsed(value) : undefined;
  if (json === undefined) return rewriteText(value, targets, loginElsewhere);
  const [rewritten, found] = targets.during(() => rewriteJson(json, targets));
  return found.length === 0 ? value : JSON.stringify(rewritten);
}

function rewriteJson(node: unknown, targets: Targets): unknown {
  if (typeof node === 'string') return rewriteText(node, targets);
  if (Array.isArray(node)) return node.map((one) => rewriteJson(one, targets));
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node);
  const isPlain = (value: unknown) => typeof value === 'string' || typeof value === 'number';
  const plain = Object.fromEntries(entries.filter(([, value]) => isPlain(value)).map(([k, v]) => [k, String(v)]));
  const rewritten = rewriteVariables(plain, targets);
  const all = { ...Object.fromEntries(entries), ...rewritten };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => {
      const before = (node as Record<string, unknown>)[key];
      if (typeof before === 'number' || (before === undefined && /^\d+$/.test(String(value))))
        return [key, Number(value)];
      return [key, isPlain(before) || before === undefined ? value : rewriteJson(before, targets)];
    }),
  );
}

function anchorOf(key: string, value: string, values: Values, targets: Targets): Anchor | undefined {
  const isHost = hostSuffix.test(key) || `${key}_PORT` in values;
  if (isHost && value !== '' && !/[:/=]/.test(value)) {
    const [, [target]] = targets.during(() => value.split(/[\s,;]+/).map((name) => targets.find(name)));
    return target === undefined ? undefined : { key, target, stems: stemsOf(key, hostSuffix), isHost: true };
  }
  const [, [target]] = targets.during(() => rewriteValue(value, targets));
  if (target === undefined) return undefined;
  return { key, target, stems: stemsOf(key, hostSuffix.test(key) ? hostSuffix : urlSuffix), isHost: false };
}

/** `KC_DB_URL_HOST` goes with `KC_DB_URL_PORT` and with `KC_DB_USERNAME`. */
function stemsOf(key: string, suffix: RegExp): readonly string[] {
  const stem = key.replace(suffix, '');
  return [...new Set([stem, stem.replace(urlSuffix, ''), ...(hostSuffix.test(key) ? [] : [key])])];
}

function siblingsOf({ key, stems, target }: Anchor, values: Values): Siblings {
  return Object.keys(values).flatMap((other) => {
    if (other === key) return [];
    if (other === `${key}_PORT`) return [[other, 'port', key] as const];
    for (const stem of stems) {
      const role = roleOf(other, stem, target);
      if (role !== undefined) return [[other, role, stem] as const];
    }
    return [];
  });
}

function roleOf(key: string, stem: string, { kind }: Target): Role | undefined {
  if (!key.toLowerCase().startsWith(stem.toLowerCase())) return undefined;
  const rest = key.slice(stem.length).replace(fileSuffix, '').replace(/[_.-]/g, '').toLowerCase();
  if ((kind === 'redis' ? databaseNumbers : databaseNames).includes(rest)) return 'database';
  return roles[rest];
}

/** What a variable next to an anchor becomes; `undefined`: it stays. `onlyOwn`: only where it says what the service's own file says. */
function replacement(role: Role, value: string, target: Target, onlyOwn: boolean): string | undefined {
  if (role === 'port') {
    const address = /^\d{1,5}$/.test(value) ? target.address(Number(value)) : undefined;
    const known = !onlyOwn || target.ports.includes(Number(value));
    return address === undefined || !known ? undefined : String(address.port);
  }
  const isNew = role === 'database' ? target.newDatabase : target.newLogin;
  return isNew && (!onlyOwn || value === target.own[role]) ? target.login[role] : undefined;
}

function rewriteHosts({ key }: Anchor, siblings: Siblings, values: Values, targets: Targets): string {
  const [portKey] = siblings.find(([, role]) => role === 'port') ?? [];
  const port = Number(values[portKey ?? '']);
  return (values[key] ?? '').replace(/[^\s,;]+/g, (name) => {
    const target = targets.find(name)?.target;
    const address = target?.address(port > 0 ? port : undefined) ?? target?.address();
    return address?.host ?? name;
  });
}

/** What a program that is told only the host would guess wrong: the port, and of libpq also the rest. */
function additions({ key, target }: Anchor, siblings: Siblings, present: Values): Record<string, string> {
  const { user, password, database } = target.login;
  const added: Record<string, string | undefined> = {
    ...(/^PGHOST/.test(key) && target.newLogin ? { PGUSER: user, PGPASSWORD: password } : {}),
    ...(/^PGHOST/.test(key) && target.newDatabase ? { PGDATABASE: database } : {}),
  };
  const port = target.address()?.port ?? target.port;
  const suffix = hostSuffix.exec(key)?.[1] ?? '';
  if (suffix !== '' && port !== target.port && !siblings.some(([, role]) => role === 'port')) {
    const name = suffix === suffix.toUpperCase() ? 'PORT' : suffix === suffix.toLowerCase() ? 'port' : 'Port';
    added[key.slice(0, -suffix.length) + name] = String(port);
  }
  return Object.fromEntries(
    Object.entries(added).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !(entry[0] in present),
    ),
  );
}

/** `POSTGRES_PASSWORD` next to `DB_HOST`: a login under a usual name that is the service's own, and of no other that is named. */
function strays(key: string, value: string, anchors: readonly Anchor[]): string | undefined {
  const found = [...new Set(anchors.map(({ target }) => target))].flatMap((target) => {
    const own = [target.service, target.protocol].map((name) => name.replace(/[^a-z0-9]/gi, '_'));
    const stems = [...own, ...(families[target.kind] ?? [])];
    return stems.flatMap((stem) => {
      const role = roleOf(key, stem, target);
      return role === undefined || role === 'port' || value === '' || target.own[role] !== value
        ? []
        : [{ target, value: replacement(role, value, target, true) }];
    });
  });
  const [first] = found;
  return new Set(found.map(({ target }) => target)).size === 1 ? first?.value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { resolve } from 'node:path';
import {
  type EmbeddedDefinition,
  type KindDefinition,
  nearest,
  type ServiceKind,
  type ServiceLeaseSettings,
  serviceKinds,
} from '../../model/index.js';
import { readBoolean } from '../boolean.js';
import { splitWords } from '../decode/words.js';
import type { ComposeProject } from '../options.js';
import type { Path } from '../problems.js';
import type { ComposeService } from '../project/model.js';
import { runsClient } from './client-program.js';
import { imageName } from './known-images.js';
import type { Report } from './report.js';
import { runsScript } from './script-run.js';

/** What `x-portside` and the `portside.*` labels of a service say. */
export interface ServiceHints {
  readonly kind?: ServiceKind;
  /** The kind that `defineKind` has made and the service is of; `kind` is then `tcp`. */
  readonly custom?: KindDefinition;
  /** The name under which the service is found. */
  readonly name?: string;
  /** Whether the service is left out of the environment. */
  readonly ignore: boolean;
  readonly embedded?: EmbeddedDefinition;
  /** How the service is leased. */
  readonly lease?: ServiceLeaseSettings;
  readonly waitLog?: { readonly pattern: string; readonly count: number };
  /** Where its HTTP answer is asked for, with its place. */
  readonly waitHttp?: { readonly text: string; readonly path: Path };
  readonly waitPorts: readonly number[];
  /** Names of ports by the port of the container. */
  readonly portNames: ReadonlyMap<number, string>;
  /** Variables that tell the program its host address, with their places. */
  readonly advertise: ReadonlyMap<string, { readonly text: string; readonly path: Path }>;
}

type Raw = Readonly<Record<string, unknown>>;

interface Source {
  readonly values: ReadonlyMap<string, { readonly value: unknown; readonly path: Path }>;
  readonly report: Report;
  readonly service: string;
}

const keys = ['kind', 'name', 'ignore', 'isolation', 'durable', 'embedded', 'wait', 'ports', 'advertise'];
const isolations = ['database', 'server', 'copy', 'none'] as const;
const waitKeys = ['log', 'count', 'http', 'port'];
const embeddedKeys = ['command', 'cwd', 'environment'];
/** Keys of `x-portside` that hold a mapping, and what its keys begin with in a label. */
const prefixes: Readonly<Record<string, string>> = { wait: 'wait', ports: 'port', advertise: 'advertise' };
const labelKeys = [
  ...['kind', 'name', 'ignore', 'isolation', 'durable'],
  ...['wait.log', 'wait.log.count', 'wait.http', 'wait.port'],
];

/** Reads `x-portside` and the labels of a service; a label holds where `x-portside` is silent. */
export function hintsOf(
  project: ComposeProject,
  name: string,
  service: ComposeService,
  kinds: readonly KindDefinition[],
  report: Report,
): ServiceHints {
  const source: Source = { values: collect(project, name, service, report), report, service: name };
  const http = source.values.get('wait.http');
  const waitHttp = text(source, 'wait.http');
  const custom = customKindOf(source, service, kinds, runsScript(name, project.model.services));
  const kind = custom === undefined ? kindOf(source, kinds) : 'tcp';
  const embedded = embeddedOf(source, project.directory);
  const found = text(source, 'name');
  const waitLog = logOf(source);
  const lease = leaseOf(source);
  return {
    ...(kind === undefined ? {} : { kind }),
    ...(custom === undefined ? {} : { custom }),
    ...(found === undefined ? {} : { name: found }),
    ignore: ignoreOf(source),
    ...(embedded === undefined ? {} : { embedded }),
    ...(lease === undefined ? {} : { lease }),
    ...(waitLog === undefined ? {} : { waitLog }),
    ...(waitHttp === undefined || http === undefined ? {} : { waitHttp: { text: waitHttp, path: http.path } }),
    waitPorts: (text(source, 'wait.port') ?? '')
      .split(',')
      .flatMap((entry) => portOf(source, 'wait.port', entry.trim())),
    portNames: portNames(source),
    advertise: advertised(source),
  };
}

function collect(project: ComposeProject, name: string, service: ComposeService, report: Report): Source['values'] {
  const values = new Map<string, { value: unknown; path: Path }>();
  for (const [label, value] of Object.entries(service.labels ?? {})) {
    if (!label.startsWith('portside.')) continue;
    const key = label.slice('portside.'.length);
    const path = ['services', name, 'labels', label];
    if (labelKeys.includes(key) || /^(port|advertise)\.[^.]+$/.test(key))
      values.set(key === 'wait.log.count' ? 'wait.count' : key, { value, path });
    else
      unknown(
        report,
        path,
        label,
        [...labelKeys, 'port.NAME', 'advertise.VARIABLE'].map((known) => `portside.${known}`),
      );
  }
  const extension = project.extensionsOf(name)['x-portside'];
  const base = ['services', name, 'x-portside'];
  if (extension === undefined || extension === null) return values;
  if (!isObject(extension)) {
    report.fail('COMPOSE_INVALID', base, `Cannot use services.${name}.x-portside: it must be a mapping.`, {
      service: name,
    });
    return values;
  }
  for (const [key, value] of Object.entries(extension)) {
    const path = [...base, key];
    if (!keys.includes(key)) unknown(report, path, key, keys);
    else if (key in prefixes) spread(key, value, path);
    else values.set(key, { value, path });
  }
  return values;

  function spread(key: string, value: unknown, path: Path): void {
    if (!isObject(value)) {
      report.fail('COMPOSE_INVALID', path, `Cannot use services.${name}.x-portside.${key}: it must be a mapping.`, {
        service: name,
      });
      return;
    }
    for (const [inner, item] of Object.entries(value)) {
      if (key === 'wait' && !waitKeys.includes(inner)) unknown(report, [...path, inner], inner, waitKeys);
      else values.set(`${prefixes[key]}.${inner}`, { value: item, path: [...path, inner] });
    }
  }
}

function unknown(report: Report, path: Path, key: string, known: readonly string[]): void {
  const near = nearest(key, known);
  report.fail(
    'COMPOSE_UNKNOWN_KEY',
    path,
    `Cannot use the key "${key}" in ${path.slice(0, -1).join('.')}: it is not known.`,
    {
      hint: near === undefined ? `Known keys are ${known.join(', ')}.` : `Did you mean "${near}"?`,
    },
  );
}

function text(source: Source, key: string): string | undefined {
  const found = source.values.get(key);
  if (found === undefined || found.value === null) return undefined;
  if (typeof found.value !== 'object') return String(found.value);
  invalid(source, key, 'it must be a single value');
  return undefined;
}

function invalid(source: Source, key: string, why: string): void {
  const found = source.values.get(key);
  if (found === undefined) return;
  const value = JSON.stringify(found.value);
  source.report.fail(
    'COMPOSE_INVALID',
    found.path,
    `Cannot use ${found.path.join('.')}: ${why}. Current value is ${value}.`,
    {
      service: source.service,
    },
  );
}

/** The label says it, or else the image's name. */
function customKindOf(
  source: Source,
  service: ComposeService,
  kinds: readonly KindDefinition[],
  isScript: boolean,
): KindDefinition | undefined {
  const value = text(source, 'kind');
  if (value !== undefined) return kinds.find(({ name }) => name === value);
  const isServer = service.network_mode === undefined && !runsClient(service) && !isScript;
  return !isServer ? undefined : kinds.find(({ images }) => images?.includes(imageName(service.image)));
}

function kindOf(source: Source, kinds: readonly KindDefinition[]): ServiceKind | undefined {
  const value = text(source, 'kind');
  const kind = serviceKinds.find((known) => known === value);
  if (value !== undefined && kind === undefined)
    invalid(source, 'kind', `it must be one of ${[...serviceKinds, ...kinds.map(({ name }) => name)].join(', ')}`);
  return kind;
}

function ignoreOf(source: Source): boolean {
  return flagOf(source, 'ignore') ?? false;
}

function flagOf(source: Source, key: string): boolean | undefined {
  const value = text(source, key);
  if (value === undefined) return undefined;
  const flag = readBoolean(value);
  if (flag === undefined) invalid(source, key, 'it must be true or false');
  return flag;
}

function leaseOf(source: Source): ServiceLeaseSettings | undefined {
  const value = text(source, 'isolation');
  const isolation = isolations.find((known) => known === value);
  if (value !== undefined && isolation === undefined) {
    invalid(source, 'isolation', `it must be one of ${isolations.join(', ')}`);
  }
  const durable = flagOf(source, 'durable');
  if (isolation === undefined && durable === undefined) return undefined;
  return { ...(isolation === undefined ? {} : { isolation }), ...(durable === undefined ? {} : { durable }) };
}

function logOf(source: Source): ServiceHints['waitLog'] {
  const pattern = text(source, 'wait.log');
  if (pattern === undefined) return undefined;
  try {
    new RegExp(pattern);
  } catch {
    invalid(source, 'wait.log', 'it must be a regular expression');
  }
  const count = Number(text(source, 'wait.count') ?? 1);
  if (!Number.isInteger(count) || count < 1) invalid(source, 'wait.count', 'it must be an integer of at least 1');
  return { pattern, count };
}

function portOf(source: Source, key: string, entry: string): number[] {
  if (entry === '') return [];
  const port = Number(entry);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return [port];
  invalid(source, key, 'it must be a port, 1 to 65535');
  return [];
}

function portNames(source: Source): Map<number, string> {
  const names = new Map<number, string>();
  for (const key of source.values.keys()) {
    if (!key.startsWith('port.')) continue;
    for (const port of portOf(source, key, text(source, key) ?? '')) names.set(port, key.slice('port.'.length));
  }
  return names;
}

function advertised(source: Source): ServiceHints['advertise'] {
  const variables = new Map<string, { text: string; path: Path }>();
  for (const [key, { path }] of source.values) {
    if (!key.startsWith('advertise.')) continue;
    variables.set(key.slice('advertise.'.length), { text: text(source, key) ?? '', path });
  }
  return variables;
}

function embeddedOf(source: Source, directory: string): EmbeddedDefinition | undefined {
  const found = source.values.get('embedded');
  if (found === undefined) return undefined;
  const raw = isObject(found.value) ? found.value : { command: found.value };
  for (const key of Object.keys(raw))
    if (!embeddedKeys.includes(key)) unknown(source.report, [...found.path, key], key, embeddedKeys);
  const { command, cwd = '.', environment } = raw;
  const words = typeof command === 'string' ? splitWords(command) : command;
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string')) {
    invalid(source, 'embedded', 'its "command" must be a command line or a list of words');
    return undefined;
  }
  if (typeof cwd !== 'string' || (environment !== undefined && !isObject(environment))) {
    invalid(source, 'embedded', 'its "cwd" must be a path and its "environment" a mapping');
    return undefined;
  }
  const variables = Object.entries(environment ?? {}).map(([name, value]) => [name, String(value ?? '')]);
  return {
    command: words,
    cwd: resolve(directory, cwd),
    ...(environment === undefined ? {} : { environment: Object.fromEntries(variables) }),
  };
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

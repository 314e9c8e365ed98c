import { isAbsolute, join } from 'node:path';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';
import { mappings } from './defaults.js';

/** What relative paths are relative to. */
export interface PathBase {
  readonly directory: string;
  /** The user's home folder, which a leading `~` stands for. */
  readonly home: string | undefined;
}

/** Makes the paths of a document absolute, in place. */
export function resolvePaths(document: Mapping, base: PathBase): void {
  const absolute = (value: Value): Value => (typeof value === 'string' ? absolutePath(value, base) : value);
  const context = (value: Value): Value => (typeof value === 'string' ? contextPath(value, base) : value);
  for (const service of mappings(document['services'])) {
    const { build, extends: extended, develop } = service;
    if (isMapping(build)) {
      change(build, 'context', context);
      changeAll(build['additional_contexts'], context);
      changeAll(build['ssh'], (value) => (value === '' ? value : absolute(value)));
    }
    for (const file of mappings(service['env_file'])) change(file, 'path', absolute);
    changeAll(service['label_file'], absolute);
    if (isMapping(extended)) change(extended, 'file', absolute);
    if (isMapping(develop)) for (const watch of mappings(develop['watch'])) change(watch, 'path', absolute);
    for (const volume of mappings(service['volumes']))
      if (volume['type'] === 'bind') change(volume, 'source', absolute);
  }
  for (const kind of ['configs', 'secrets']) {
    for (const resource of mappings(document[kind])) change(resource, 'file', absolute);
  }
  for (const volume of mappings(document['volumes'])) {
    const options = volume['driver_opts'];
    if (volume['driver'] === 'local' && isMapping(options) && options['o'] === 'bind')
      change(options, 'device', absolute);
  }
}

/** Makes one path absolute; `~` is the home folder, Windows paths stay as they are. */
export function absolutePath(path: string, base: PathBase): string {
  const expanded = path.startsWith('~') && base.home !== undefined ? join(base.home, path.slice(1)) : path;
  if (expanded === '' || isAbsolute(expanded) || /^(?:[a-zA-Z]:[\\/]|\\\\)/.test(expanded)) return expanded;
  const joined = join(base.directory, expanded);
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

function contextPath(path: string, base: PathBase): string {
  const remote = /^(?:service:|https:\/\/|http:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@)/.test(path);
  return remote || path.includes('://') ? path : absolutePath(path, base);
}

function change(container: Mapping, key: string, to: (value: Value) => Value): void {
  const value = container[key];
  if (value !== undefined) container[key] = to(value);
}

function changeAll(container: Value | undefined, to: (value: Value) => Value): void {
  if (isSequence(container)) {
    for (const [index, value] of container.entries()) container[index] = to(value);
  } else if (isMapping(container)) {
    for (const [key, value] of Object.entries(container)) container[key] = to(value);
  }
}

import { dirname } from 'node:path';
import { nearest } from '../../model/index.js';
import { absolutePath, resolvePaths } from '../canonical/paths.js';
import { copyValue } from '../merge/forms.js';
import { mergeService } from '../merge/merge.js';
import { applyResets } from '../merge/reset.js';
import type { ParsedDocument } from '../yaml/parse.js';
import { placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, type Mapping, mappingAt, type Value } from '../yaml/value.js';
import type { LoadContext, Scope } from './context.js';
import { readForExtends } from './document.js';
import { isRemote } from './remote.js';

/** Replaces every service that extends another by the two merged, in place. */
export function applyExtends(document: Mapping, parsed: ParsedDocument, context: LoadContext): void {
  const services = document['services'];
  if (!isMapping(services)) return;
  const scope = { file: parsed.source.file, directory: context.directory, services, resets: parsed.resets };
  const extender = new Extender(context);
  for (const name of Object.keys(services)) extender.extend(name, scope, []);
}

interface Step {
  readonly file: string;
  readonly name: string;
}

class Extender {
  readonly #context: LoadContext;
  readonly #scopes = new Map<string, Scope>();

  constructor(context: LoadContext) {
    this.#context = context;
  }

  extend(name: string, scope: Scope, trail: readonly Step[]): Value {
    const service = scope.services[name] ?? null;
    if (!isMapping(service) || service['extends'] === undefined) return service;
    const wanted = service['extends'];
    const ref = isMapping(wanted) ? wanted['service'] : wanted;
    const file = isMapping(wanted) ? wanted['file'] : undefined;
    // What has the wrong type is left for the schema to report.
    if (typeof ref !== 'string' || (file !== undefined && typeof file !== 'string')) return service;
    if (trail.some((step) => step.file === scope.file && step.name === name)) {
      this.#reportCycle(name, service, trail);
      return null;
    }
    const from = file === undefined ? scope : this.#open(file, scope, service);
    const base =
      from === undefined ? null : this.#base(ref, from, name, service, [...trail, { file: scope.file, name }]);
    delete service['extends'];
    if (!isMapping(base)) return service;
    const source = copyValue(base) as Mapping;
    delete source['extends'];
    const holder = Object.assign(emptyMapping(), { services: Object.assign(emptyMapping(), { [name]: source }) });
    applyResets(holder, scope.resets);
    const merged = mergeService(source, service, name, this.#context.problems);
    scope.services[name] = merged;
    return merged;
  }

  #base(ref: string, from: Scope, name: string, service: Mapping, trail: readonly Step[]): Value {
    if (from.services[ref] !== undefined) return this.extend(ref, from, trail);
    const near = nearest(ref, Object.keys(from.services));
    this.#context.problems.add(
      'COMPOSE_REFERENCE',
      `Cannot extend the service "${ref}" in "${name}": ${from.file} has no such service.`,
      placeOf(service, 'extends'),
      near === undefined ? {} : { hint: `Did you mean "${near}"?` },
    );
    return null;
  }

  #open(file: string, scope: Scope, service: Mapping): Scope | undefined {
    const { problems, fs, home } = this.#context;
    const path = absolutePath(file, { directory: scope.directory, home });
    const known = this.#scopes.get(path);
    if (known !== undefined) return known;
    const place = placeOf(service, 'extends');
    if (isRemote(file)) {
      problems.add('COMPOSE_UNSUPPORTED', `Cannot extend a service of ${file}: only local files are read.`, place);
      return undefined;
    }
    if (!fs.exists(path)) {
      problems.add('COMPOSE_FILE_NOT_FOUND', `Cannot extend a service of ${path}: there is no such file.`, place, {
        hint: `"extends.file" is relative to ${scope.directory}.`,
      });
      return undefined;
    }
    const { value, resets } = readForExtends(path, this.#context);
    const directory = dirname(path);
    resolvePaths(value, { directory, home });
    const opened = { file: path, directory, services: mappingAt(value, 'services'), resets };
    this.#scopes.set(path, opened);
    return opened;
  }

  #reportCycle(name: string, service: Mapping, trail: readonly Step[]): void {
    const names = trail.map((step) => step.name);
    const chain = [...names.slice(names.indexOf(name)), name].join(' -> ');
    this.#context.problems.add(
      'COMPOSE_CYCLE',
      `Cannot extend the service "${name}": its chain of "extends" comes back to it: ${chain}.`,
      placeOf(service, 'extends'),
    );
  }
}

import type { z } from 'zod';
import { PortsideError } from '../model/index.js';
import { composeReferences } from './compose-references.js';
import { configProblem } from './config-problem.js';
import { configSchema, knownKeys, referenceSchema } from './schema.js';
import { readSections, type SectionSettings } from './sections/index.js';

type Issue = z.core.$ZodIssue;

/**
 * Checks what a configuration file exports, and gives what its sections say. Errors: `CONFIG_INVALID`, with every problem and
 * the key that it is about.
 */
export function checkConfig(value: unknown, file: string): SectionSettings {
  const typeOf = (service: string): unknown => at(value, ['services', service, 'type']);
  const references = composeReferences(at(value, ['services']) as object | undefined);
  const { settings, errors: sectionErrors } = readSections(value, file);
  const errors = [
    ...problems(configSchema, withoutSymbols(value), file, [], (path) => knownKeys(path, typeOf)),
    ...references.flatMap((reference) =>
      problems(referenceSchema, reference, file, ['compose(...)'], () => Object.keys(referenceSchema.shape)),
    ),
    ...sectionErrors,
  ];
  if (errors.length === 0) return settings;
  const [first] = errors;
  if (first === undefined || errors.length === 1) throw first;
  throw new PortsideError('CONFIG_INVALID', `Cannot use ${file}: it has ${errors.length} problems.`, {
    hint: 'See docs/configuration.md for what a configuration file may say.',
    position: { file },
    errors,
  });
}

function problems(
  schema: z.ZodType,
  value: unknown,
  file: string,
  above: readonly string[],
  known: (path: readonly string[]) => readonly string[],
): PortsideError[] {
  const issues = schema.safeParse(value).error?.issues ?? [];
  return issues.flatMap(branches).flatMap((issue) => {
    const path = issue.path.map(String);
    const place = [...above, ...path];
    if (issue.code !== 'unrecognized_keys') {
      return configProblem({ file, path: place, why: why(issue), value: at(value, path), known: choices(issue) });
    }
    return issue.keys.map((key) =>
      configProblem({ file, path: [...place, key], why: 'is not known', known: known(path), written: key }),
    );
  });
}

/** Gives the configuration without what `compose(...)` put among its services. */
function withoutSymbols(value: unknown): unknown {
  const services = at(value, ['services']);
  if (typeof services !== 'object' || services === null || Array.isArray(services)) return value;
  return { ...(value as object), services: Object.fromEntries(Object.entries(services)) };
}

/** Where a value may have one of several forms: the problems of the form that it was meant to have, if one can be told. */
function branches(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((issues) => issues.length > 0 && issues.every(isInside));
  if (meant === undefined) return [issue];
  return meant.flatMap((inner) => branches({ ...inner, path: [...issue.path, ...inner.path] }));
}

function isInside(issue: Issue): boolean {
  return issue.path.length > 0 || issue.code === 'unrecognized_keys';
}

function why(issue: Issue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return issue.code === 'invalid_value' ? `must be one of ${issue.values.map(String).join(', ')}` : issue.message;
}

function choices(issue: Issue): readonly string[] {
  return issue.code === 'invalid_value' ? issue.values.map(String) : [];
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined),
    value,
  );
}

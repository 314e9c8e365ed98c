import { posix } from 'node:path';
import type { FileContent, FileGrant } from '../../model/index.js';
import type { ComposeProject } from '../options.js';
import type { ComposeGrant, ComposeService } from '../project/model.js';
import { defined } from './omit.js';
import type { Report } from './report.js';

const folders = { secrets: '/run/secrets', configs: '/' } as const;

/** Gives the secrets or configs that a service sees, with absolute targets. */
export function grantsOf(service: ComposeService, kind: 'secrets' | 'configs'): FileGrant[] {
  return (service[kind] ?? []).map((grant: ComposeGrant) => {
    const source = grant.source ?? '';
    return defined({
      source,
      target: posix.resolve(folders[kind], grant.target ?? source),
      uid: grant.uid,
      gid: grant.gid,
      mode: grant.mode === undefined ? undefined : Number.parseInt(grant.mode, 8),
    }) as FileGrant;
  });
}

/** Gives the contents of the project's secrets or configs; one from a variable that is not set is an error where used. */
export function contentsOf(
  project: ComposeProject,
  kind: 'secrets' | 'configs',
  report: Report,
): Record<string, FileContent> {
  const contents: Record<string, FileContent> = {};
  const used = new Set(
    Object.values(project.model.services).flatMap((service) => grantsOf(service, kind).map((g) => g.source)),
  );
  for (const [key, object] of Object.entries(project.model[kind] ?? {})) {
    const content = object.content ?? project.contents[kind][key];
    if (object.external) contents[key] = { type: 'external', name: object.name };
    else if (object.file !== undefined) contents[key] = { type: 'file', path: object.file };
    else if (content !== undefined) contents[key] = { type: 'content', content };
    else if (used.has(key)) {
      report.fail(
        'COMPOSE_REFERENCE',
        [kind, key, 'environment'],
        `Cannot fill ${kind}.${key}: the environment variable ${object.environment} is not set.`,
        { hint: `Set ${object.environment} in the environment or in the .env file.` },
      );
    }
  }
  return contents;
}

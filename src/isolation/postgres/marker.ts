import type { LoginSetting, UserSchema } from './settings.js';

/** What is written on a template, as its comment: what a clone needs that `CREATE DATABASE` does not copy. */
export interface TemplateMarker {
  readonly portside: 1;
  /** What the template was made from, as whoever asked for it named it; `null`: not named. */
  readonly content: string | null;
  /** Start of the server's run in which it was made, or found to be right. */
  readonly startedAt: string;
  readonly settings: readonly LoginSetting[];
  /** Absent: no schema of the template is named as the service's user. */
  readonly userSchema?: UserSchema;
  readonly defaultPrivileges: readonly string[];
}

/** Reads the comment of a template; `undefined` when it is not one that this version wrote. */
export function readMarker(comment: string | null | undefined): TemplateMarker | undefined {
  try {
    const marker = JSON.parse(comment ?? '') as TemplateMarker | null;
    return marker?.portside === 1 ? marker : undefined;
  } catch {
    return undefined;
  }
}

/** One line of the audit log: who changed what, or was refused. */
export interface AuditEntry {
  readonly action: 'register' | 'deregister' | 'refuse';
  /** Address that the request came from. */
  readonly source: string;
  readonly id?: string;
  readonly name?: string;
  readonly method?: string;
  readonly path?: string;
  /** HTTP status of a refusal. */
  readonly status?: number;
  /** How many refusals of this source were left out before this one. */
  readonly omitted?: number;
}

/** Writes one line of the audit log. */
export type Audit = (entry: AuditEntry) => void;

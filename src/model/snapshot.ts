import type { RuntimeName } from './definition.js';

/** Prepared data of one server, kept for later starts. */
export interface SnapshotInfo {
  /** A hash of everything that decides the data. */
  readonly key: string;
  /** Which runtime keeps it, and starts from it. */
  readonly runtime: RuntimeName;
  /** The service whose start it was made for. */
  readonly service: string;
  /** The image or programs that made it. */
  readonly from: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

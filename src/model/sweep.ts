/** Something that a sweep removed. */
export interface SweptItem {
  readonly type: 'container' | 'network' | 'volume' | 'image' | 'process' | 'folder';
  readonly name: string;
}

/** What a sweep found and removed. */
export interface SweepReport {
  readonly removed: readonly SweptItem[];
  /** How many things were left alone because they belong to a living agent or to another machine. */
  readonly kept: number;
}

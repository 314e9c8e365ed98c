/** What this uses of a suite of Mocha's. */
export interface MochaSuite {
  readonly file?: string;
  readonly suites: readonly MochaSuite[];
  readonly _beforeAll: unknown[];
  beforeAll(title: string, run: () => void): unknown;
  afterAll(title: string, run: () => Promise<void>): unknown;
}

/** Calls back as the first thing of each file and as the last: Mocha has hooks for all files together and for suites only. */
export function followFiles(
  root: MochaSuite,
  listener: { onBegin(file: string): void; onEnd(file: string): Promise<void> },
): void {
  const last = new Map(root.suites.map((suite) => [suite.file, suite]));
  for (const suite of root.suites) {
    const { file } = suite;
    if (file === undefined) continue;
    suite.beforeAll('portside: begin of the file', () => listener.onBegin(file));
    // Before those of the suite's own, which may use the environment.
    suite._beforeAll.unshift(suite._beforeAll.pop());
    if (last.get(file) === suite) suite.afterAll('portside: end of the file', () => listener.onEnd(file));
  }
}

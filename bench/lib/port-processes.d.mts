export interface PortRun {
  readonly how?: { readonly preferred?: number; readonly range?: readonly [number, number] };
  readonly rounds: number;
  readonly waitMs?: number;
}

export interface PortRunResult {
  readonly rounds: number;
  readonly duplicates: number;
  readonly failures: Readonly<Record<string, number>>;
}

export function portProcesses(options: {
  readonly module: string;
  readonly picker: 'portside' | 'get-port';
  readonly stateFolder: string;
  readonly count?: number;
}): Promise<{ run(run: PortRun): Promise<PortRunResult>; close(): void }>;

import type { RuntimeName } from './definition.js';
import type { RegistrySnapshot, ServiceEvent } from './event.js';
import type { EnvironmentState, ServiceProgress } from './progress.js';
import type { Warning } from './warning.js';

/** What identifies a running environment to people and programs. */
export interface EnvironmentInfo {
  readonly key: string;
  readonly project: string;
  readonly directory: string;
  readonly runtime: RuntimeName;
  /** Process id of the agent; `null` when the environment runs inside the calling process. */
  readonly agentPid: number | null;
  readonly warnings: readonly Warning[];
}

/** One message of the agent's event stream: a snapshot first, then every change (D3). */
export type Frame =
  | { readonly type: 'session'; readonly id: string }
  | {
      readonly type: 'snapshot';
      readonly environment: EnvironmentInfo;
      readonly state: EnvironmentState;
      readonly registry: RegistrySnapshot;
      readonly progress: readonly ServiceProgress[];
    }
  | { readonly type: 'event'; readonly event: ServiceEvent }
  | { readonly type: 'progress'; readonly progress: ServiceProgress }
  | { readonly type: 'state'; readonly state: EnvironmentState };

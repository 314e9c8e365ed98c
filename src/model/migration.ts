import type { Endpoint } from './endpoint.js';

/** What brings a service's data up to date each time its server has started, before anybody else uses it. */
export type Migration = {
  /** Absolute paths of the files and folders that decide what it does; empty: unknown, so that it runs at every start. */
  readonly inputs: readonly string[];
} & (
  | {
      readonly type: 'command';
      /** A command line for the system's shell. */
      readonly command: string;
      /** Absolute path of the folder it runs in. */
      readonly cwd: string;
    }
  | { readonly type: 'function'; readonly run: (endpoint: Endpoint) => unknown }
);

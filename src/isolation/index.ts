export type { IsolationHost, Isolator, Slice, StartedCopy } from './isolator.js';

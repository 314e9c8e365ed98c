export { createEmbeddedRuntime } from './create.js';
export { type EmbeddedForm, embeddedForm } from './form.js';
export { listSnapshotFolders, removeSnapshotFolder } from './postgres/snapshot-folders.js';
export { runCommand } from './process/run.js';
export { type EmbeddedSweepOptions, sweepEmbedded } from './sweep.js';

export { type ComposeDefinition, composeDefinition } from './definition/definition.js';
export type { ComposeFileSystem } from './files/filesystem.js';
export { loadComposeProject } from './load.js';
export type { ComposeLoadOptions, ComposeProject } from './options.js';
export type { ComposeModel, ComposeService } from './project/model.js';

export { defaultSettings, resolveSettings, type SettingsSources } from './settings.js';
export { stateFolder } from './state-folder.js';
export { settingsFromEnvironment, type VariableSettings } from './variables.js';

export { type PostgresIsolatorOptions, postgresIsolator } from './isolator.js';
export { templateName } from './names.js';

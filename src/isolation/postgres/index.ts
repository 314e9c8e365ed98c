export { type PostgresIsolatorOptions, postgresIsolator } from './isolator.js';
export { postgresServerIsolator } from './server-isolator.js';

export { mariadbKind } from './mariadb/mariadb.js';

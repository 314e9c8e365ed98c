// What `portside/kinds/mariadb` exports.
import { defineKind, type Kind } from '../config/index.js';
import { mariadbKind } from '../kinds/index.js';

/**
 * MariaDB: `mariadb({ database: 'shop', migrations: './sql' })` among the services of `defineEnvironment`, or in its `kinds` for
 * Compose services with the image `mariadb` or the label `portside.kind: mariadb`. Needs the package `mysql2`.
 */
export const mariadb: Kind = defineKind(mariadbKind);

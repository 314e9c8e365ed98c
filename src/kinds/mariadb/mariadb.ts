import type { KindDefinition } from '../../model/index.js';
import { serverProgram } from './embedded.js';
import { mariadbIsolator } from './isolator.js';
import { settleLogin } from './login.js';
import { answers } from './session.js';

/**
 * MariaDB: a database per lease, of a server that runs in a container (`mariadb:11`) or as the host's own `mariadbd`. Needs the
 * package `mysql2`.
 */
export const mariadbKind: KindDefinition = {
  name: 'mariadb',
  // The key holds that of portside too.
  version: '1',
  port: 3306,
  image: 'mariadb:11',
  images: ['mariadb'],
  // What clients of MariaDB expect in a URL.
  protocol: 'mysql',
  login: settleLogin,
  ready: answers,
  throwaway: {
    folder: '/var/lib/mysql',
    arguments: [
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--innodb-log-file-size=32M',
      '--max-connections=1000',
    ],
    programs: ['mariadbd', 'mysqld'],
  },
  embedded: serverProgram,
  isolate: mariadbIsolator,
};

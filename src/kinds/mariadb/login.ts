import type { Credentials, KindLogin, KindLoginContext } from '../../model/index.js';

/** The database of a service of `portside.config` that names none. */
const defaultDatabase = 'app';

/**
 * Settles the login as the official image does: the variables `MARIADB_*`, or `MYSQL_*`. What `portside.config` leaves open is made
 * for the environment; a service of a Compose file says everything itself.
 */
export function settleLogin({ given, variable, makePassword }: KindLoginContext): KindLogin {
  const either = (name: string): string | undefined => variable(`MARIADB_${name}`) ?? variable(`MYSQL_${name}`);
  const user = either('USER') ?? given?.user ?? 'root';
  const isRoot = user === 'root';
  const isNew = (isRoot ? either('ROOT_PASSWORD') : either('PASSWORD')) ?? given?.password;
  const made = given === undefined ? '' : makePassword();
  const rootPassword = either('ROOT_PASSWORD') ?? (isRoot ? given?.password : undefined) ?? made;
  const database = either('DATABASE') ?? given?.database ?? (given === undefined ? undefined : defaultDatabase);
  const password = isRoot ? rootPassword : (either('PASSWORD') ?? given?.password ?? made);
  // A password that the image makes up is known to nobody.
  const isUnknown = (either('RANDOM_ROOT_PASSWORD') ?? '') !== '' && either('ROOT_PASSWORD') === undefined;
  const credentials: Credentials = {
    user,
    password,
    ...(database === undefined ? {} : { database }),
    ...(given !== undefined && isNew === undefined ? { passwordGenerated: true } : {}),
    ...(isUnknown ? {} : { admin: { user: 'root', password: rootPassword } }),
  };
  if (given === undefined) return { credentials };
  const own = isRoot ? {} : { MARIADB_USER: user, MARIADB_PASSWORD: password };
  const environment = { MARIADB_ROOT_PASSWORD: rootPassword, ...own };
  return {
    credentials,
    environment: database === undefined ? environment : { ...environment, MARIADB_DATABASE: database },
  };
}

import type { ComposeService } from '../project/model.js';

const clients =
  /^(psql|pg_dump(all)?|pg_restore|pgbench|createdb|dropdb|(redis|valkey)-cli|redis-benchmark|mysql(dump|admin|import)?|mariadb(-dump|-admin)?|mongo(sh|dump|restore|import|export)?|cqlsh|rabbitmqadmin)$/;
/** The name of a shell, with its path or without. */
export const shell = /(^|\/)(ba|da|a|z)?sh$/;
const servers = /entrypoint|^(postgres|(redis|valkey)-server|mysqld|mariadbd|mongod|cassandra|rabbitmq-server)$/;

/** Tells whether a service runs a client program of a database's image (a seed, a dump) instead of its server. */
export function runsClient({ command = [], entrypoint = [] }: ComposeService): boolean {
  const programs = programsOf([...entrypoint, ...command]).map((path) => path.split('/').at(-1) ?? '');
  return programs.some((name) => clients.test(name)) && !programs.some(isServerProgram);
}

/** Tells whether a program, by its name without path, is a database's server or an image's entry point, which starts it. */
export function isServerProgram(name: string): boolean {
  return servers.test(name);
}

/** The programs that a command line starts; of a shell script, the first word of each of its commands. */
function programsOf([program = '', ...words]: readonly string[]): string[] {
  if (!shell.test(program)) return [program];
  const script = words.find((word) => !word.startsWith('-')) ?? '';
  const commands = script.split(/[;&|()\n]+|\b(?:do|then|else|until|while|if|exec)\b/);
  return commands.flatMap((line) => /^\s*(?:\w+=\S*\s+)*!?\s*(\S+)/.exec(line)?.[1] ?? []);
}

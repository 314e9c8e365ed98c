import type { Credentials } from '../../model/index.js';
import type { Form } from './form.js';
import type { ServiceContext } from './launcher.js';
import { rewriteOwnWords } from './own-ports.js';
import { processEnvironment } from './process/launcher.js';
import { loopback } from './references.js';

/** A command as it is run on the host in the name of a service. */
export interface HostCommand {
  readonly words: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Makes of a command meant for the inside of a container one for the host, with real addresses. */
export function commandFor(command: readonly string[], form: Form, context: ServiceContext): HostCommand {
  const { base, files, folder, ownPort, targets, service } = context;
  const [first, ...rest] = rewriteOwnWords(context.rewriteWords(command), ownPort).map((word) => files.translate(word));
  const words = [first === 'node' ? process.execPath : (first ?? ''), ...rest];
  if (form.type === 'process') {
    return { words, cwd: form.command.cwd, env: { ...base, ...processEnvironment(context, form.command) } };
  }
  const [target] = targets;
  const port = target === undefined ? undefined : ownPort(target);
  const { credentials = {} } = service.definition;
  const client =
    form.type === 'postgres'
      ? postgresVariables(port, credentials)
      : form.type === 'redis'
        ? redisVariables(credentials)
        : {};
  return { words, cwd: folder, env: { ...base, ...context.environment(), ...client } };
}

/** What the programs of Postgres take their defaults from. */
function postgresVariables(port: number | undefined, { user = 'postgres', password, database = user }: Credentials) {
  return {
    PGHOST: loopback,
    ...(port === undefined ? {} : { PGPORT: String(port) }),
    PGUSER: user,
    PGDATABASE: database,
    ...(password === undefined ? {} : { PGPASSWORD: password }),
  };
}

function redisVariables({ password }: Credentials): Record<string, string> {
  return password === undefined ? {} : { REDISCLI_AUTH: password };
}

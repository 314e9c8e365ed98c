/** A service as the environment values of others name it. */
export interface Referable {
  readonly service: string;
  /** Every name it is reached by: service name, container name, host name, aliases. */
  readonly names: readonly string[];
  /** The ports it listens on inside a container, the main one first. */
  readonly targets: readonly number[];
}

/** Gives the real port for a target port of a service. */
export type RealPort = (service: string, target: number) => number;

/** A name in a text that stands for a service, with the port where one is named. */
export interface Reference {
  readonly service: string;
  readonly port?: number;
}

/** The address at which everything of the embedded runtime is reached. */
export const loopback = '127.0.0.1';

const schemePorts: Readonly<Record<string, number>> = {
  http: 80,
  ws: 80,
  https: 443,
  wss: 443,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
  rediss: 6379,
  valkey: 6379,
  mysql: 3306,
  mariadb: 3306,
  mongodb: 27_017,
  amqp: 5672,
  nats: 4222,
};

/** Keys whose value names a host when it is nothing but the name of a service. */
const hostKey = /(HOSTNAME|HOSTS?|ADDR|ADDRESS|SERVERS?|ENDPOINT|BROKERS?|NODES?|IP)$/i;

/** Finds references to services in texts and puts real addresses in their place. */
export class References {
  readonly #byName = new Map<string, Referable>();
  readonly #withPort: RegExp;
  readonly #inUrl: RegExp;

  constructor(services: readonly Referable[]) {
    for (const service of services) {
      for (const name of service.names) if (!this.#byName.has(name)) this.#byName.set(name, service);
    }
    const names = [...this.#byName.keys()].sort((a, b) => b.length - a.length).map(escapePattern);
    const any = names.length === 0 ? '(?!)' : names.join('|');
    this.#withPort = new RegExp(`(?<![\\w.-])(${any}):(\\d{1,5})(?!\\d)`, 'g');
    this.#inUrl = new RegExp(
      `\\b([a-z][a-z0-9]*)((?:\\+[a-z0-9+]+)?://(?:[^\\s/?#@]*@)?)(${any})(?=[/?#,;\\s"']|$)`,
      'gi',
    );
  }

  /** Gives every reference in the values of an environment. */
  find(environment: Readonly<Record<string, string>>): Reference[] {
    const found: Reference[] = [];
    for (const [key, value] of Object.entries(environment)) {
      for (const [, name = '', port] of value.matchAll(this.#withPort)) this.#note(found, name, Number(port));
      for (const [, , , name = ''] of value.matchAll(this.#inUrl)) this.#note(found, name);
      if (this.#isHost(key, value, environment)) this.#note(found, value);
    }
    return found;
  }

  /** Rewrites one text: `name:port`, and names that stand in a URL without a port. */
  rewriteText(text: string, realPort: RealPort): string {
    return text
      .replace(this.#withPort, (whole, name: string, port: string) => {
        const service = this.#byName.get(name);
        if (service === undefined || !service.targets.includes(Number(port))) return whole;
        return `${loopback}:${realPort(service.service, Number(port))}`;
      })
      .replace(this.#inUrl, (whole, scheme: string, middle: string, name: string) => {
        const service = this.#byName.get(name);
        const target = service === undefined ? undefined : targetOf(service, schemePorts[scheme.toLowerCase()]);
        if (service === undefined || target === undefined) return whole;
        return `${scheme}${middle}${loopback}:${realPort(service.service, target)}`;
      });
  }

  /**
   * Rewrites the values of an environment. A value that is nothing but a service's name becomes its host where its key says
   * that it is one, and the port variable that goes with it (`DB_HOST`, `DB_PORT`) the real port.
   */
  rewriteEnvironment(environment: Readonly<Record<string, string>>, realPort: RealPort): Record<string, string> {
    const rewritten: Record<string, string> = {};
    for (const [key, value] of Object.entries(environment)) rewritten[key] = this.rewriteText(value, realPort);
    for (const [key, value] of Object.entries(environment)) {
      const service = this.#byName.get(value);
      if (service === undefined || !this.#isHost(key, value, environment)) continue;
      rewritten[key] = loopback;
      for (const portKey of portKeysOf(key)) {
        const port = environment[portKey];
        const target = port === undefined ? undefined : targetOf(service, Number(port), false);
        if (target !== undefined) rewritten[portKey] = String(realPort(service.service, target));
      }
      // A program that is told only the host takes the usual port, which is not ours.
      const [portKey] = portKeysOf(key);
      const [main] = service.targets;
      if (portKey !== undefined && main !== undefined && portKeysOf(key).every((name) => !(name in environment))) {
        rewritten[portKey] = String(realPort(service.service, main));
      }
    }
    return rewritten;
  }

  /** Rewrites the words of a command: each one, and a name followed by a port as a word of its own. */
  rewriteWords(words: readonly string[], realPort: RealPort): string[] {
    const rewritten = words.map((word) => this.rewriteText(word, realPort));
    words.forEach((word, index) => {
      const service = this.#byName.get(word);
      const port = Number(words[index + 1]);
      if (service === undefined || !service.targets.includes(port)) return;
      rewritten[index] = loopback;
      rewritten[index + 1] = String(realPort(service.service, port));
    });
    return rewritten;
  }

  #note(found: Reference[], name: string, port?: number): void {
    const service = this.#byName.get(name);
    if (service !== undefined) found.push({ service: service.service, ...(port === undefined ? {} : { port }) });
  }

  #isHost(key: string, value: string, environment: Readonly<Record<string, string>>): boolean {
    return this.#byName.has(value) && (hostKey.test(key) || `${key}_PORT` in environment);
  }
}

/** Names of the variables that may hold the port to the host in this one, the likeliest first. */
function portKeysOf(hostName: string): string[] {
  const stem = hostName.replace(hostKey, '');
  const paired = stem === hostName ? [] : [`${stem}${/[a-z]$/.test(hostName) ? 'Port' : 'PORT'}`];
  return [...paired, `${hostName}_PORT`];
}

function targetOf(service: Referable, port: number | undefined, orMain = true): number | undefined {
  if (port !== undefined && service.targets.includes(port)) return port;
  return orMain ? service.targets[0] : undefined;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

import { loopback } from './references.js';

/** Gives the real port for a target port of the service itself; `undefined` when it has no such port. */
export type OwnPort = (target: number) => number | undefined;

const ownHost = String.raw`(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::1?\]|\*)`;
const ownAddress = new RegExp(String.raw`(?<![\w.-])(${ownHost}):(\d{1,5})(?!\d)`, 'g');

/** Rewrites the addresses by which a service names itself: `0.0.0.0:8080`, `localhost:8080`, `:8080`. */
function rewriteOwnText(text: string, ownPort: OwnPort): string {
  const bare = /^:(\d{1,5})$/.exec(text);
  if (bare !== null) {
    const port = ownPort(Number(bare[1]));
    return port === undefined ? text : `${loopback}:${port}`;
  }
  return text.replace(ownAddress, (whole, host: string, target: string) => {
    const port = ownPort(Number(target));
    if (port === undefined) return whole;
    return `${host === 'localhost' ? host : loopback}:${port}`;
  });
}

/**
 * Rewrites what an environment says of the service's own ports: `PORT` and other port variables that hold a target port,
 * addresses of its own, and a wish to listen on all interfaces, which becomes loopback. `PORT` and `HOST` are added.
 */
export function rewriteOwnEnvironment(
  environment: Readonly<Record<string, string>>,
  targets: readonly number[],
  ownPort: OwnPort,
): Record<string, string> {
  const rewritten: Record<string, string> = {};
  for (const [key, value] of Object.entries(environment)) {
    const port = /PORT$/i.test(key) && /^\d{1,5}$/.test(value) ? ownPort(Number(value)) : undefined;
    rewritten[key] = port === undefined ? rewriteOwnText(value, ownPort) : String(port);
    if (value === '0.0.0.0' || value === '::') rewritten[key] = loopback;
  }
  const main = targets[0] === undefined ? undefined : ownPort(targets[0]);
  if (main === undefined) return rewritten;
  // By this convention many programs are told where to listen; what they do not know they ignore.
  return { PORT: String(main), HOST: loopback, ...rewritten };
}

/** Rewrites the words of a command that name the service's own ports: `8080`, `--port=8080`, `0.0.0.0:8080`. */
export function rewriteOwnWords(words: readonly string[], ownPort: OwnPort): string[] {
  return words.map((word) => {
    const match = /^((?:--?[\w-]*=)?)(\d{1,5})$/.exec(word);
    const port = match === null ? undefined : ownPort(Number(match[2]));
    if (port !== undefined) return `${match?.[1] ?? ''}${port}`;
    return word === '0.0.0.0' ? loopback : rewriteOwnText(word, ownPort);
  });
}

import { posix } from 'node:path';
import type { ServiceDefinition } from '../../../model/index.js';

const official = /(^|\/)(redis|valkey)(:[\w.-]+)?(@sha256:[0-9a-f]+)?$/;
const entryPoint = 'docker-entrypoint.sh';

/** What two servers in one container would take from each other. */
const single = /^--(sentinel|tls-port|unixsocket)$/;

/** A shell's line that runs a server and nothing else. */
const plainLine = /^\s*(?:exec\s+)?((?:redis|valkey)-server\b[^;&|<>()`\n]*)$/;

/**
 * Gives the words that start the service's server in a container with several, to which a port and a folder can be added. `undefined`:
 * the image or the command is of another kind, and each server needs a container of its own.
 */
export function serverCommand(definition: ServiceDefinition): readonly string[] | undefined {
  const { image, build, foreign, entrypoint, command = [], container } = definition;
  if (image === undefined || build !== undefined || foreign !== undefined || !official.test(image)) return undefined;
  if (container.networkMode !== undefined && container.networkMode !== 'default') return undefined;
  const usual = entrypoint === undefined || posix.basename(entrypoint.join(' ')) === entryPoint;
  const words = usual ? command : [...entrypoint, ...command];
  if (words.some((word) => single.test(word))) return undefined;
  const line = serverWords(words, /valkey/.test(image) ? 'valkey-server' : 'redis-server');
  return line === undefined || !usual ? line : [entryPoint, ...line];
}

function serverWords(words: readonly string[], server: string): readonly string[] | undefined {
  const [first = server, flag = '', line = ''] = words;
  if (first.startsWith('-') || first.endsWith('.conf')) return [server, ...words];
  const name = posix.basename(first);
  if (name === 'redis-server' || name === 'valkey-server') return [first, ...words.slice(1)];
  const plain = /^(ba|a)?sh$/.test(name) && /^-\w*c$/.test(flag) ? plainLine.exec(line)?.[1] : undefined;
  // What is added to a shell's words after the line are its arguments.
  return plain === undefined ? undefined : [first, flag, `exec ${plain.trim()} "$@"`, 'server'];
}

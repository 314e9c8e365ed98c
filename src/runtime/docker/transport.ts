import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { EngineAddress, TcpAddress } from './address.js';
import { SshConnections } from './ssh-connections.js';

/** Makes the connection pool for an engine. Throws when a certificate cannot be read. */
export function agentFor(address: EngineAddress): http.Agent {
  if (address.transport === 'ssh') return brief(new SshConnections(address));
  if (address.transport === 'socket' || address.tls === undefined) return brief(new http.Agent({ keepAlive: true }));
  return brief(new https.Agent({ keepAlive: true, ...certificates(address.tls) }));
}

/**
 * The client library prints every request's options, the pool with all its sockets among them, for a debug log that nobody reads:
 * 10 ms and more for each request. A pool that prints as one word costs nothing.
 */
function brief<Pool extends http.Agent>(pool: Pool): Pool {
  return Object.defineProperty(pool, inspect.custom, { value: () => 'the connection pool', enumerable: false });
}

/** Asks the engine for one JSON document, without any client library. */
export function getJson(address: EngineAddress, path: string, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const agent = agentFor(address);
    const request = (address.transport === 'tcp' && address.tls !== undefined ? https : http).request(
      {
        ...(address.transport === 'socket' ? { socketPath: address.path } : { host: address.host, port: address.port }),
        path,
        agent,
        signal,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          agent.destroy();
          const text = Buffer.concat(chunks).toString();
          if (response.statusCode !== 200)
            return reject(new Error(`it answers ${response.statusCode}: ${text.trim()}`));
          try {
            resolve(JSON.parse(text));
          } catch {
            reject(new Error('its answer is not that of a Docker engine'));
          }
        });
      },
    );
    request.on('error', (error) => {
      agent.destroy();
      reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
    });
    request.end();
  });
}

function certificates(tls: NonNullable<TcpAddress['tls']>): https.AgentOptions {
  const read = (name: string) => readFileSync(join(tls.folder, name));
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem'), rejectUnauthorized: tls.verify };
}

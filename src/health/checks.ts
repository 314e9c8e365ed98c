import { execFile } from 'node:child_process';
import type { Credentials } from '../model/index.js';
import type { Check } from './bounded.js';
import { probeExec } from './exec.js';
import { type GrpcCheck, probeGrpc } from './grpc.js';
import { probeHttp } from './http.js';
import { probePostgres } from './postgres.js';
import { probeRedis } from './redis.js';
import { probeTcp } from './tcp.js';

/** Where a server listens: an IP address or name, and a TCP port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Passes when the port accepts a connection. */
export function tcpCheck({ host, port }: Address): Check {
  return (signal) => probeTcp({ host, port, forwarded: false }, signal);
}

/**
 * Passes when a GET of the URL (`http:` or `https:`) is answered with a status up to `maxStatus`, by default 399. Redirects are not
 * followed, certificates are not checked.
 */
export function httpCheck(url: string | URL, { maxStatus = 399 }: { readonly maxStatus?: number } = {}): Check {
  const { hostname, port, protocol, pathname, search } = new URL(url);
  const tls = protocol === 'https:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const check = { path: `${pathname}${search}`, maxStatus, tls };
  return (signal) => probeHttp(host, port === '' ? (tls ? 443 : 80) : Number(port), check, signal);
}

/** Passes when the server's `grpc.health.v1.Health` says `SERVING`, of the server as a whole or of one `service` in it. */
export function grpcCheck({ host, port }: Address, check: GrpcCheck = {}): Check {
  return (signal) => probeGrpc(host, port, check, signal);
}

/** Passes when the Postgres server lets the user in and answers a query; without a password, when it asks for one. */
export function postgresCheck({ host, port }: Address, credentials: Credentials = {}): Check {
  return (signal) => probePostgres(host, port, credentials, signal);
}

/** Passes when the Redis server answers `PING`. */
export function redisCheck({ host, port }: Address, credentials: Credentials = {}): Check {
  return (signal) => probeRedis(host, port, credentials, signal);
}

/** How a command is run. */
export interface ExecOptions {
  /** Working folder. Default: that of this process. */
  readonly cwd?: string;
  /** Environment variables. Default: those of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Passes when the program, given as words, ends with exit code 0 on this machine; it is killed when its time is up. */
export function execCheck(command: readonly string[], options: ExecOptions = {}): Check {
  return (signal) => probeExec(command, { host: '', portOf: () => undefined, exec: run(options) }, signal);
}

/** So much of what a command prints is kept. */
const mostOutput = 65_536;

function run(options: ExecOptions) {
  return ([program = '', ...args]: readonly string[], signal: AbortSignal) =>
    new Promise<{ exitCode: number; output: string }>((resolve, reject) => {
      const settings = { ...options, signal, killSignal: 'SIGKILL', maxBuffer: mostOutput } as const;
      execFile(program, args, settings, (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ exitCode: Number(error?.code ?? 0), output: `${stdout}${stderr}` });
      });
    });
}

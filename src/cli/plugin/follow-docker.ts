import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

/** How long a signal from the terminal may take to arrive beside the socket's end, in milliseconds. */
const graceMs = 200;
const pollMs = 250;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The process that is to end when docker does. */
export interface SignalTarget {
  once(name: (typeof signals)[number], listener: () => void): unknown;
  /** Sends this process a signal. */
  terminate(): void;
}

/**
 * Ends this process as by SIGTERM when the docker command that started it is told to end: outside a terminal, docker closes
 * the socket that `DOCKER_CLI_PLUGIN_SOCKET` names instead of passing the signal on.
 */
export function followDocker(socket: string, target: SignalTarget): void {
  let signalled = false;
  for (const name of signals) target.once(name, () => (signalled = true));
  whenClosed(socket, () => {
    setTimeout(() => {
      if (!signalled) target.terminate();
    }, graceMs);
  });
}

function whenClosed(socket: string, done: () => void): void {
  let connected = false;
  // "@name" is a socket of Linux's abstract name space.
  const connection = connect(socket.replace(/^@/, '\0'), () => (connected = true));
  connection.unref();
  connection.on('error', () => undefined);
  connection.on('close', () => {
    if (connected) done();
    else if (socket.startsWith('@')) whenUnlisted(socket, done);
  });
  connection.resume();
}

/** Node 20 cannot connect to an abstract socket of another program: it fills the name up with zeros. The list of sockets will do. */
function whenUnlisted(socket: string, done: () => void): void {
  const timer = setInterval(() => {
    if (readFileSync('/proc/net/unix', 'utf8').includes(socket)) return;
    clearInterval(timer);
    done();
  }, pollMs);
  timer.unref();
}

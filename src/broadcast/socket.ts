import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram';
import { PortsideError } from '../model/index.js';
import { type Channel, formatChannel } from './channel.js';

/** What becomes of what a receiver reads. */
export interface ReceiverHandlers {
  onDatagram(datagram: Buffer, remote: RemoteInfo): void;
  onError(error: Error): void;
}

/** Opens a socket that joins the channel's group on one interface; several on one machine may. */
export async function openReceiver(
  channel: Channel,
  networkInterface: string,
  handlers: ReceiverHandlers,
): Promise<Socket> {
  // Bound to the group, so that neither unicast nor other groups on this port come in; Windows cannot bind to a group.
  const address = process.platform === 'win32' ? networkInterface : channel.group;
  const socket = await openSocket(
    { type: 'udp4', reuseAddr: true },
    { address, port: channel.port },
    (opened) => opened.addMembership(channel.group, networkInterface),
    `Cannot listen for announcements on ${formatChannel(channel)} at ${networkInterface}`,
  );
  socket.on('message', handlers.onDatagram).on('error', handlers.onError);
  return socket;
}

/** Opens a socket that sends to multicast groups by one interface. It does not keep the process alive. */
export async function openSender(
  networkInterface: string,
  hopLimit: number,
  onError: (error: Error) => void,
): Promise<Socket> {
  const socket = await openSocket(
    // Destinations are always numeric: nothing to look up.
    { type: 'udp4', lookup: (address, _options, callback) => callback(null, address, 4) },
    { address: networkInterface, port: 0 },
    (opened) => {
      opened.setMulticastInterface(networkInterface);
      opened.setMulticastTTL(hopLimit);
      opened.setMulticastLoopback(true);
    },
    `Cannot announce at ${networkInterface}`,
  );
  socket.on('error', onError).unref();
  return socket;
}

/** Sends one datagram to a channel. */
export function sendTo(socket: Socket, channel: Channel, datagram: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.send(datagram, channel.port, channel.group, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Closes a socket; resolves when it is closed. */
export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(resolve));
}

function openSocket(
  options: SocketOptions,
  bind: { readonly address: string; readonly port: number },
  prepare: (socket: Socket) => void,
  failure: string,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(options);
    const fail = (cause: unknown): void => {
      socket.close();
      reject(
        new PortsideError(
          'BROADCAST_FAILED',
          `${failure}: ${cause instanceof Error ? cause.message : String(cause)}.`,
          {
            hint: 'Name the IPv4 address of an interface of this machine that can multicast.',
            cause,
          },
        ),
      );
    };
    socket.once('error', fail).bind({ ...bind, exclusive: true }, () => {
      try {
        prepare(socket);
      } catch (error) {
        fail(error);
        return;
      }
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Gives a channel of the default group on a port that is free, and keeps the port until the end of the test. */
export async function freeChannel(group = '239.255.0.1'): Promise<string> {
  const holder = createSocket({ type: 'udp4', reuseAddr: true });
  onTestFinished(() => void holder.close());
  holder.bind({ address: group, port: 0 });
  await once(holder, 'listening');
  return `${group}:${holder.address().port}`;
}

/** Opens a plain socket that sends any bytes to a channel on the loopback interface; closed at the end of the test. */
export async function rawSender(channel: string): Promise<(datagram: Uint8Array) => Promise<void>> {
  const socket: Socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.bind({ address: '127.0.0.1', port: 0 });
  await once(socket, 'listening');
  socket.setMulticastInterface('127.0.0.1');
  socket.setMulticastTTL(0);
  const [group, port] = channel.split(':');
  return (datagram) =>
    new Promise((resolve, reject) => {
      socket.send(datagram, Number(port), group, (error) => (error === null ? resolve() : reject(error)));
    });
}

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A name server that has an address for every name, and no SRV record. */
export async function startNameServer() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (query, { address, port }) => {
    let end = 12;
    while (query[end] !== 0) end += query[end] + 1;
    const type = query.readUInt16BE(end + 1);
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8580, 2);
    header.writeUInt16BE(type === 1 ? 1 : 0, 6);
    header.fill(0, 8, 12);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
    const parts = [header, query.subarray(12, end + 5), ...(type === 1 ? [answer] : [])];
    socket.send(Buffer.concat(parts), port, address);
  });
  return { address: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

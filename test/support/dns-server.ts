import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A record of the test's name server. */
export type DnsRecord =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly groups: readonly number[] }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    };

const types = { A: 1, AAAA: 28, SRV: 33 } as const;

/** Starts a name server on the loopback interface that knows these records; closed at the end of the test. `asked`: what came. */
export async function startDnsServer(
  records: Readonly<Record<string, readonly DnsRecord[]>>,
  { silent = false }: { readonly silent?: boolean } = {},
): Promise<{ readonly address: string; readonly asked: string[] }> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const asked: string[] = [];
  socket.on('message', (query, { address, port }) => {
    const { name, type, end } = readQuestion(query);
    asked.push(`${Object.keys(types).find((key) => types[key as keyof typeof types] === type)} ${name}`);
    if (silent) return;
    const known = records[name];
    const answers = (known ?? []).filter((record) => types[record.type] === type);
    const header = Buffer.from(query.subarray(0, 12));
    // A response with recursion available; NXDOMAIN when the name has no records at all.
    header.writeUInt16BE(known === undefined ? 0x8583 : 0x8580, 2);
    header.writeUInt16BE(answers.length, 6);
    header.writeUInt16BE(0, 8);
    header.writeUInt16BE(0, 10);
    const sections = [header, query.subarray(12, end), ...answers.map((record) => writeRecord(type, record))];
    socket.send(Buffer.concat(sections), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { address: `127.0.0.1:${socket.address().port}`, asked };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function writeRecord(type: number, record: DnsRecord): Buffer {
  const data = dataOf(record);
  const head = Buffer.alloc(12);
  // The name is that of the question, at offset 12.
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function dataOf(record: DnsRecord): Buffer {
  if (record.type === 'A') return Buffer.from(record.address.split('.').map(Number));
  if (record.type === 'AAAA') return Buffer.from(record.groups.flatMap((group) => [group >> 8, group & 255]));
  const numbers = Buffer.alloc(6);
  numbers.writeUInt16BE(record.priority, 0);
  numbers.writeUInt16BE(record.weight, 2);
  numbers.writeUInt16BE(record.port, 4);
  const labels = record.target.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([numbers, ...labels, Buffer.from([0])]);
}

/** What `grpc.health.v1.HealthCheckResponse` can say, by number. */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

/** Tag of the only field of each message: 1, of wire type 2 in the request, 0 in the response. */
const serviceTag = 0x0a;
const statusTag = 0x08;

/** Length of what stands before a message: a flag for compression, four bytes for its length. */
const prefix = 5;

/** Writes a `HealthCheckRequest` as gRPC sends it. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([serviceTag, ...varint(name.length)]), name]);
  const frame = Buffer.alloc(prefix);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** Reads a `HealthCheckResponse` as gRPC sends it. Absent fields have the number 0. */
export function servingStatus(body: Buffer): string {
  if (body[0] !== 0 || body.length < prefix) return 'nothing that can be read';
  const [tag, status = 0] = body.subarray(prefix);
  if (tag === undefined) return statuses[0];
  return (tag === statusTag ? statuses[status] : undefined) ?? `status ${status}`;
}

/** Seven bits a byte, lowest first; the highest bit says that more follow. */
function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

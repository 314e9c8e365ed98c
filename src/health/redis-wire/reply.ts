/** An error that the server answered with: `NOPERM this user has no permissions ...`. */
export class RedisFailure {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** One answer: a status as text, a number, a value as bytes, nothing, an error, or several of these. */
export type RedisReply = string | number | Buffer | null | RedisFailure | readonly RedisReply[];

/** A reply and where in the bytes it ends, or how many bytes it takes at least to read it. */
export type ReadReply = { readonly reply: RedisReply; readonly end: number } | { readonly missing: number };

/** Reads the reply that begins there. Throws when the bytes are no reply of a Redis server. */
export function readReply(bytes: Buffer, start: number): ReadReply {
  const line = readLine(bytes, start);
  if (line === undefined) return { missing: bytes.length + 1 };
  const { text, end } = line;
  const rest = text.slice(1);
  switch (text[0]) {
    case '+':
      return { reply: rest, end };
    case '-':
      return { reply: new RedisFailure(rest), end };
    case ':':
      return { reply: Number(rest), end };
    case '$':
      return readBytes(bytes, Number(rest), end);
    case '*':
      return readList(bytes, Number(rest), end);
    default:
      throw notRedis();
  }
}

/**
 * Reads the dump that a server sends in answer to `SYNC`: line breaks while it makes it, its length, and the bytes without an end
 * mark.
 */
export function readDump(bytes: Buffer, start: number): ReadReply {
  let at = start;
  while (bytes[at] === 0x0a) at++;
  const line = readLine(bytes, at);
  if (line === undefined) return { missing: bytes.length + 1 };
  if (line.text.startsWith('-')) return { reply: new RedisFailure(line.text.slice(1)), end: line.end };
  const length = Number(line.text.slice(1));
  if (!line.text.startsWith('$') || !Number.isInteger(length)) throw notRedis();
  const end = line.end + length;
  return bytes.length < end ? { missing: end } : { reply: bytes.subarray(line.end, end), end };
}

function readLine(bytes: Buffer, start: number): { readonly text: string; readonly end: number } | undefined {
  // What does not look like a reply is no Redis: its answer may never have an end.
  if (bytes.length > start && !'+-:$*'.includes(String.fromCharCode(bytes[start] ?? 0))) throw notRedis();
  const end = bytes.indexOf('\r\n', start, 'latin1');
  return end < 0 ? undefined : { text: bytes.toString('utf8', start, end), end: end + 2 };
}

function readBytes(bytes: Buffer, length: number, start: number): ReadReply {
  if (length < 0) return { reply: null, end: start };
  const end = start + length;
  return bytes.length < end + 2 ? { missing: end + 2 } : { reply: bytes.subarray(start, end), end: end + 2 };
}

function readList(bytes: Buffer, length: number, start: number): ReadReply {
  if (length < 0) return { reply: null, end: start };
  const reply: RedisReply[] = [];
  let at = start;
  for (let index = 0; index < length; index++) {
    const item = readReply(bytes, at);
    if ('missing' in item) return item;
    reply.push(item.reply);
    at = item.end;
  }
  return { reply, end: at };
}

function notRedis(): Error {
  return new Error('the answer is not a Redis one');
}

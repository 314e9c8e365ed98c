/** One message of a Postgres server: its type letter and its body. */
export interface ServerMessage {
  readonly type: string;
  readonly body: Buffer;
}

/** What the server said when something failed; `code` is the SQLSTATE. */
export interface PostgresFailure {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** Place in the query text, counted in characters from 1. */
  readonly position?: number;
}

/** Writes the message that opens a session (protocol 3.0). */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  const body = Buffer.from(`${text.join('')}\0`);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8, 0);
  head.writeUInt32BE(196_608, 4);
  return Buffer.concat([head, body]);
}

/** Writes a message of one type letter. */
export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Writes a text as the protocol's strings end: with a zero byte. */
export function zeroEnded(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

/** Reads the fields of an `ErrorResponse`. */
export function readFailure(body: Buffer): PostgresFailure {
  const fields = new Map<string, string>();
  for (const field of body.toString('utf8').split('\0')) if (field !== '') fields.set(field.charAt(0), field.slice(1));
  const detail = fields.get('D');
  const hint = fields.get('H');
  const position = fields.get('P');
  return {
    severity: fields.get('V') ?? fields.get('S') ?? 'ERROR',
    code: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? 'the server gave no message',
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(position === undefined ? {} : { position: Number(position) }),
  };
}

/** Reads the values of a `DataRow` in text form. */
export function readRow(body: Buffer): (string | null)[] {
  const values: (string | null)[] = [];
  let offset = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(offset);
    offset += 4;
    values.push(length < 0 ? null : body.toString('utf8', offset, offset + length));
    offset += Math.max(0, length);
  }
  return values;
}

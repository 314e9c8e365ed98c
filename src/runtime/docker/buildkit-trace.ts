/** What a BuildKit build reports in one message: steps that began, and output. */
export interface BuildTrace {
  readonly steps: readonly string[];
  readonly output: string;
}

/**
 * Reads a message of BuildKit's progress: base64 of the protocol buffer `StatusResponse` (field 1: vertices with name 3 and start 5;
 * field 3: logs with text 4).
 */
export function readTrace(base64: string): BuildTrace {
  const steps: string[] = [];
  let output = '';
  for (const { field, value } of fields(Buffer.from(base64, 'base64'))) {
    const parts = field === 1 || field === 3 ? [...fields(value)] : [];
    if (field === 3) output += parts.find((part) => part.field === 4)?.value.toString() ?? '';
    if (field !== 1 || !parts.some((part) => part.field === 5)) continue;
    const name = parts.find((part) => part.field === 3)?.value.toString();
    if (name !== undefined) steps.push(name);
  }
  return { steps, output };
}

/** Walks over the fields of a protocol buffer; numbers are passed over, text and messages are given as bytes. */
function* fields(buffer: Buffer): Generator<{ readonly field: number; readonly value: Buffer }> {
  let position = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; position < buffer.length; factor *= 128) {
      const byte = buffer[position] ?? 0;
      position += 1;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (position < buffer.length) {
    const key = varint();
    const wire = key % 8;
    if (wire === 0) varint();
    else if (wire === 1) position += 8;
    else if (wire === 5) position += 4;
    else if (wire === 2) {
      const size = varint();
      yield { field: Math.floor(key / 8), value: buffer.subarray(position, position + size) };
      position += size;
    } else return;
  }
}

import { describe, expect, it } from 'vitest';
import { readTrace } from './buildkit-trace.js';

describe('readTrace', () => {
  const bytes = (field: number, value: string | Buffer) =>
    Buffer.concat([Buffer.from([field * 8 + 2, Buffer.byteLength(value)]), Buffer.from(value)]);

  it('gives the names of steps that have begun and the output of programs', () => {
    const begun = Buffer.concat([bytes(3, '[1/2] FROM node'), bytes(5, Buffer.from([8, 1]))]);
    const planned = bytes(3, '[2/2] RUN make');
    const log = Buffer.concat([bytes(1, 'sha256:x'), Buffer.from([3 * 8, 1]), bytes(4, 'héllo\n')]);
    const message = Buffer.concat([bytes(1, begun), bytes(1, planned), bytes(3, log)]);
    expect(readTrace(message.toString('base64'))).toEqual({ steps: ['[1/2] FROM node'], output: 'héllo\n' });
  });

  it('passes over numbers of every width, and texts that are not there', () => {
    const fixed = Buffer.concat([Buffer.from([7 * 8 + 1]), Buffer.alloc(8), Buffer.from([7 * 8 + 5]), Buffer.alloc(4)]);
    const nameless = bytes(1, bytes(5, 'x'));
    const message = Buffer.concat([fixed, nameless, bytes(3, bytes(1, 'sha256:x')), bytes(3, bytes(4, 'out'))]);
    expect(readTrace(message.toString('base64'))).toEqual({ steps: [], output: 'out' });
  });

  it('gives nothing for what is no such message', () => {
    expect(readTrace('')).toEqual({ steps: [], output: '' });
    expect(readTrace('AAAA////')).toEqual({ steps: [], output: '' });
  });
});

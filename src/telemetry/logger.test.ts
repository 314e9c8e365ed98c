import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeWhere } from '../../test/support/describe-where.js';
import { PortsideError } from '../model/index.js';
import { createLogger } from './logger.js';

describe('createLogger', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portside-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): string {
    const destination = join(folder, 'agent.log');
    write(createLogger({ level, destination }));
    return readFileSync(destination, 'utf8');
  }

  it('writes JSON lines with ISO times, at once', () => {
    const line = JSON.parse(logged((logger) => logger.info({ service: 'cache' }, 'Service registered')));
    expect(line).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'cache',
      msg: 'Service registered',
    });
  });

  it('leaves out what is below its level', () => {
    expect(logged((logger) => logger.debug('x'))).toBe('');
    expect(logged((logger) => logger.debug('x'), 'debug')).toContain('x');
  });

  it.each([
    ['a password', { password: 's3cret' }],
    ['a password further down', { endpoints: [{ credentials: { password: 's3cret' } }] }],
    ['a variable', { environment: { POSTGRES_PASSWORD: 's3cret', NODE_ENV: 'test' } }],
    ['any variable for a password', { environment: { MY_DB_PASSWORD: 's3cret' } }],
    ['a token', { token: 's3cret' }],
    ['a header', { headers: { Authorization: 'Bearer s3cret' } }],
    ['a URL', { url: 'postgresql://shop:s3cret@127.0.0.1:5432/shop' }],
    ['a URL without a user', { text: 'at redis://:s3cret@127.0.0.1:6379/0 now' }],
    ['a password option', { command: ['redis-server', '--requirepass', 's3cret'] }],
  ])('never writes %s', (_, fields) => {
    const text = logged((logger) => logger.info(fields, 'Started'));
    expect(text).not.toContain('s3cret');
    expect(text).toContain('[redacted]');
  });

  it('never writes a password that stands in a message', () => {
    expect(logged((logger) => logger.info('Connected to postgresql://shop:s3cret@127.0.0.1/shop'))).toMatch(
      /postgresql:\/\/shop:\[redacted\]@127\.0\.0\.1\/shop/,
    );
  });

  it('writes errors with their codes and causes, without the passwords in them', () => {
    const err = new PortsideError('SERVICE_NOT_READY', 'Cannot reach redis://:s3cret@127.0.0.1:1', {
      service: 'cache',
      logs: ['POSTGRES_PASSWORD=s3cret'],
      cause: new Error('connect redis://:s3cret@127.0.0.1:1'),
    });
    const text = logged((logger) => logger.error({ err }, 'Failed'));
    expect(text).not.toContain('s3cret');
    expect(JSON.parse(text).err).toMatchObject({
      code: 'SERVICE_NOT_READY',
      message: expect.stringContaining('Cannot reach redis://:[redacted]@127.0.0.1:1'),
      service: 'cache',
    });
  });
});

describeWhere('createLogger on a full disk', existsSync('/dev/full') ? undefined : 'there is no /dev/full', () => {
  it.each([
    ['a path', () => '/dev/full'],
    ['a descriptor', () => openSync('/dev/full', 'a')],
  ])('goes on without the line, given %s', (_, destination) => {
    const logger = createLogger({ level: 'info', destination: destination() });
    for (let i = 0; i < 3; i += 1) expect(() => logger.info('x')).not.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { engineAnswer, engineFailed, isPoolExhausted, isPortConflict, isSubnetConflict } from './engine-error.js';

const answer = (message: string) =>
  Object.assign(new Error(`(HTTP code 500) server error - ${message} `), { json: { message } });

describe('engineAnswer', () => {
  it("gives the engine's own words on one line", () => {
    expect(engineAnswer(answer('it went\n wrong.'))).toBe('it went wrong');
    expect(engineAnswer(new Error('(HTTP code 404) no such image - No such image: x '))).toBe('No such image: x');
  });

  it('takes anything that was thrown', () => {
    expect(engineAnswer(undefined)).toBe('undefined');
    expect(engineAnswer('text')).toBe('text');
  });
});

describe('what an engine may answer', () => {
  it('is a port conflict in the words of Docker, rootless Docker and Docker Desktop', () => {
    for (const message of [
      'driver failed programming external connectivity on endpoint x: Bind for 127.0.0.1:5432 failed: port is already allocated',
      'Error starting userland proxy: listen tcp4 127.0.0.1:5432: bind: address already in use',
      'Ports are not available: exposing port TCP 127.0.0.1:5432 -> 0.0.0.0:0: listen tcp 127.0.0.1:5432: bind: address already in use',
      'failed to bind host port for 127.0.0.1:5432:172.18.0.2:5432/tcp: address already in use',
    ]) {
      expect(isPortConflict(answer(message))).toBe(true);
    }
    expect(isPortConflict(answer('Address already in use'))).toBe(false);
  });

  it('tells a subnet that is taken from addresses that have run out', () => {
    const taken = answer('Pool overlaps with other one on this address space');
    const exhausted = answer(
      'could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network',
    );
    expect([isSubnetConflict(taken), isPoolExhausted(taken)]).toEqual([true, false]);
    expect([isSubnetConflict(exhausted), isPoolExhausted(exhausted)]).toEqual([false, true]);
    expect(isPoolExhausted(answer('all predefined address pools have been fully subnetted'))).toBe(true);
  });
});

describe('engineFailed', () => {
  it('says that the engine is gone when it did not answer at all', () => {
    const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(engineFailed('list networks', error)).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: 'Cannot list networks: the Docker engine does not answer any more (ECONNREFUSED).',
    });
  });

  it("gives the engine's answer otherwise", () => {
    expect(engineFailed('list networks', answer('no'))).toMatchObject({
      code: 'ENGINE_FAILED',
      message: 'Cannot list networks: no.',
    });
  });
});

describe('the hint of a refusal', () => {
  it('says what to do about networks of one name and a full disk, in the words of Docker 20.10', () => {
    const ambiguous = engineFailed(
      "start the service 'db'",
      answer('network shop_default is ambiguous (2 matches found on name)'),
    );
    expect(ambiguous.hint).toContain('docker network rm ID');
    const full = engineFailed('make a volume', answer('write /var/lib/docker/x: no space left on device'));
    expect(full.hint).toContain('portside cache prune');
  });

  it('leads on where nothing is known of the answer', () => {
    expect(engineFailed('make a volume', answer('it went wrong')).hint).toContain('portside doctor');
  });
});

import { describe, expect, it } from 'vitest';
import { advertisedPorts, fillAdvertised, unknownPlaceholder } from './advertise.js';
import type { BoundPort } from './port.js';

const bound = (target: number, port: number, more: Partial<BoundPort> = {}): BoundPort => ({
  target,
  protocol: 'tcp',
  host: '127.0.0.1',
  port,
  ...more,
});
const ports = [bound(53, 5053, { protocol: 'udp' }), bound(9092, 31_000), bound(9644, 31_001, { name: 'admin' })];

describe('fillAdvertised', () => {
  it('puts the host address and the host ports into the texts', () => {
    const variables = {
      LISTENERS: 'INTERNAL://kafka:29092,EXTERNAL://{host}:{ports.9092}',
      ADMIN: '{ports.admin}',
      MAIN: '{port}',
      DNS: '{ports.53}',
      PLAIN: '{{host}} {"a": 1}',
    };
    expect(fillAdvertised(variables, ports)).toEqual({
      LISTENERS: 'INTERNAL://kafka:29092,EXTERNAL://127.0.0.1:31000',
      ADMIN: '31001',
      MAIN: '31000',
      DNS: '5053',
      PLAIN: '{host} {"a": 1}',
    });
  });
});

describe('advertisedPorts', () => {
  it('gives the ports that are named, each once', () => {
    const variables = { A: '{host}:{ports.9644}', B: '{ports.admin}', C: 'nothing' };
    expect(advertisedPorts(variables, ports).map(({ target }) => target)).toEqual([9644]);
    expect(advertisedPorts({ A: '{host}' }, ports)).toEqual([]);
    expect(advertisedPorts({ A: '{port}' }, ports).map(({ target }) => target)).toEqual([9092]);
  });
});

describe('unknownPlaceholder', () => {
  it('finds what the service does not have', () => {
    expect(unknownPlaceholder('{host}:{ports.9092}', ports)).toBeUndefined();
    expect(unknownPlaceholder('{host}:{ports.9093}', ports)).toBe('ports.9093');
    expect(unknownPlaceholder('{hots}', ports)).toBe('hots');
    expect(unknownPlaceholder('{port}', [])).toBe('port');
  });
});

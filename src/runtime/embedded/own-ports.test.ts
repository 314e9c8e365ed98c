import { describe, expect, it } from 'vitest';
import { rewriteOwnEnvironment, rewriteOwnWords } from './own-ports.js';

const ownPort = (target: number) => ({ 8080: 21_000, 9090: 21_001 })[target];

describe('rewriteOwnEnvironment', () => {
  it('gives the real ports in place of the target ports', () => {
    expect(
      rewriteOwnEnvironment(
        {
          PORT: '8080',
          METRICS_PORT: '9090',
          LISTEN: '0.0.0.0:8080',
          ADDR: ':8080',
          PUBLIC_URL: 'http://localhost:8080/app',
          DB_PORT: '5432',
          HOST: '0.0.0.0',
          LIMIT: '8080',
        },
        [8080, 9090],
        ownPort,
      ),
    ).toEqual({
      PORT: '21000',
      METRICS_PORT: '21001',
      LISTEN: '127.0.0.1:21000',
      ADDR: '127.0.0.1:21000',
      PUBLIC_URL: 'http://localhost:21000/app',
      DB_PORT: '5432',
      HOST: '127.0.0.1',
      LIMIT: '8080',
    });
  });

  it('sets PORT and HOST where nothing says them, and only where there is a port', () => {
    expect(rewriteOwnEnvironment({}, [8080], ownPort)).toEqual({ PORT: '21000', HOST: '127.0.0.1' });
    expect(rewriteOwnEnvironment({}, [], ownPort)).toEqual({});
  });
});

it('rewriteOwnWords gives the real ports in the words of a command', () => {
  expect(
    rewriteOwnWords(['node', 'x.js', '8080', '--port=9090', '-p', '8081', '--bind', '0.0.0.0:8080'], ownPort),
  ).toEqual(['node', 'x.js', '21000', '--port=21001', '-p', '8081', '--bind', '127.0.0.1:21000']);
});

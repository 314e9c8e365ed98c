import { describe, expect, it } from 'vitest';
import { isLocal, parseAddress } from './address.js';

const source = { origin: 'DOCKER_HOST', explicit: true };

describe('parseAddress', () => {
  it('reads a Unix socket', () => {
    expect(parseAddress('unix:///run/user/1000/docker.sock', source)).toMatchObject({
      transport: 'socket',
      path: '/run/user/1000/docker.sock',
    });
  });

  it('reads a named pipe', () => {
    expect(parseAddress('npipe:////./pipe/docker_engine', source)).toMatchObject({
      transport: 'socket',
      path: '//./pipe/docker_engine',
    });
  });

  it('reads host and port of TCP, with and without a scheme', () => {
    expect(parseAddress('tcp://10.0.0.7:4243', source)).toMatchObject({
      transport: 'tcp',
      host: '10.0.0.7',
      port: 4243,
    });
    expect(parseAddress('docker:2375', source)).toMatchObject({ transport: 'tcp', host: 'docker', port: 2375 });
  });

  it('takes the default port of TCP with and without TLS', () => {
    const tls = { folder: '/certs', verify: true };
    expect(parseAddress('tcp://docker', source)).toMatchObject({ port: 2375 });
    expect(parseAddress('tcp://docker', { ...source, tls })).toMatchObject({ port: 2376, tls });
  });

  it('reads an IPv6 host without its brackets', () => {
    expect(parseAddress('tcp://[::1]:2375', source)).toMatchObject({ host: '::1', port: 2375 });
  });

  it('reads user, host and port of SSH', () => {
    expect(parseAddress('ssh://me@build.example:2222', source)).toMatchObject({
      transport: 'ssh',
      user: 'me',
      host: 'build.example',
      port: 2222,
    });
  });

  it('gives nothing for what is no address', () => {
    expect(parseAddress('gopher://x', source)).toBeUndefined();
    expect(parseAddress('tcp://', source)).toBeUndefined();
    expect(parseAddress('', source)).toBeUndefined();
  });
});

describe('isLocal', () => {
  it('holds for sockets and loopback, not for other hosts', () => {
    const local = (url: string) => {
      const address = parseAddress(url, source);
      return address !== undefined && isLocal(address);
    };
    expect(local('unix:///var/run/docker.sock')).toBe(true);
    expect(local('tcp://127.0.0.1:2375')).toBe(true);
    expect(local('tcp://localhost:2375')).toBe(true);
    expect(local('tcp://docker:2375')).toBe(false);
    expect(local('ssh://me@host')).toBe(false);
  });
});

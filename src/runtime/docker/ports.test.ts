import { describe, expect, it } from 'vitest';
import type { PlannedPort } from '../../model/index.js';
import { boundPorts, portBindings, refusedPorts } from './ports.js';

const web: PlannedPort = { target: 80, protocol: 'tcp', published: 8080, policy: 'dynamic' };
const fixed: PlannedPort = { target: 443, protocol: 'tcp', published: 8443, policy: 'prefer' };
const dns: PlannedPort = { target: 53, protocol: 'udp', policy: 'dynamic', name: 'dns' };

describe('portBindings', () => {
  it('leaves the host port to the engine unless the policy prefers the published one', () => {
    expect(portBindings([web, fixed, dns], '127.0.0.1', new Set())).toEqual({
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }],
      '443/tcp': [{ HostIp: '127.0.0.1', HostPort: '8443' }],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '0' }],
    });
  });

  it('asks for any port where the preferred one was found taken', () => {
    expect(portBindings([fixed], '0.0.0.0', new Set([8443]))).toEqual({
      '443/tcp': [{ HostIp: '0.0.0.0', HostPort: '0' }],
    });
  });

  it('asks once for a port that is listed twice', () => {
    expect(portBindings([web, { ...web, published: 8081 }], '127.0.0.1', new Set())['80/tcp']).toHaveLength(1);
  });
});

describe('refusedPorts', () => {
  it('gives the port that the engine named', () => {
    const ports = [fixed, { ...fixed, target: 444, published: 843 }];
    expect(refusedPorts(ports, 'Bind for 127.0.0.1:8443 failed: port is already allocated')).toEqual([8443]);
  });

  it('gives all preferred ports when the engine named none', () => {
    expect(refusedPorts([fixed, web], 'ports are not available')).toEqual([8443]);
  });
});

describe('boundPorts', () => {
  it('gives the real ports in the order of the plan, and never the one of IPv6', () => {
    const published = {
      '80/tcp': [
        { HostIp: '::', HostPort: '49160' },
        { HostIp: '127.0.0.1', HostPort: '49161' },
      ],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '49162' }],
    };
    expect(boundPorts([dns, web], published, '127.0.0.1')).toEqual([
      { target: 53, protocol: 'udp', host: '127.0.0.1', port: 49162, name: 'dns' },
      { target: 80, protocol: 'tcp', host: '127.0.0.1', port: 49161 },
    ]);
  });

  it('leaves out what is not published', () => {
    expect(boundPorts([web], {}, '127.0.0.1')).toEqual([]);
  });
});

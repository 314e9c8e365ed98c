import { expect, test } from 'vitest';
import { parsePort } from './ports.js';
import { cleanTarget, parseVolume } from './volumes.js';

test.each([
  ['80', [{ mode: 'ingress', target: 80, protocol: 'tcp' }]],
  ['8080:80/udp', [{ mode: 'ingress', target: 80, published: '8080', protocol: 'udp' }]],
  ['127.0.0.1::80', [{ mode: 'ingress', host_ip: '127.0.0.1', target: 80, protocol: 'tcp' }]],
  ['[::1]:1:2', [{ mode: 'ingress', host_ip: '::1', target: 2, published: '1', protocol: 'tcp' }]],
  ['::1:1:2', [{ mode: 'ingress', host_ip: '::1', target: 2, published: '1', protocol: 'tcp' }]],
  ['8000-8010:80', [{ mode: 'ingress', target: 80, published: '8000-8010', protocol: 'tcp' }]],
])('the port %s is read', (spec, expected) => {
  expect(parsePort(spec)).toEqual(expected);
});

test('a range gives one port for each port of the container', () => {
  const ports = parsePort('9999-10001:99-101');
  expect(typeof ports === 'string' ? ports : ports.map(({ published, target }) => `${published}:${target}`)).toEqual([
    '10000:100',
    '10001:101',
    '9999:99',
  ]);
});

test.each(['', 'tcp', '65536', '80/ftp', '1-2:3-5', '5-4', 'x:80', 'host:1:2', '1:', '-1'])(
  'the port %j is refused with a reason',
  (spec) => {
    expect(parsePort(spec)).toEqual(expect.any(String));
  },
);

test.each([
  ['data:/data', { type: 'volume', source: 'data', target: '/data' }],
  ['./a:/b:ro', { type: 'bind', source: './a', target: '/b', readOnly: true }],
  ['~/a:/b:rw,z', { type: 'bind', source: '~/a', target: '/b', readOnly: false, selinux: 'z' }],
  ['/a:/b:rslave', { type: 'bind', propagation: 'rslave' }],
  ['C:\\a:D:\\b:ro', { type: 'bind', source: 'C:\\a', target: 'D:\\b', readOnly: true }],
  ['/only', { type: 'volume', target: '/only' }],
  ['data:/data:nocopy', { type: 'volume', noCopy: true }],
])('the volume %s is read', (spec, expected) => {
  expect(parseVolume(spec)).toMatchObject(expected);
});

test.each(['', ':/a', '/a::ro', 'aa:bb:cc:dd'])('the volume %j is refused with a reason', (spec) => {
  expect(parseVolume(spec)).toEqual(expect.any(String));
});

test('targets are cleaned', () => {
  expect(['/a/', '/a/../b', '/', './x//y'].map(cleanTarget)).toEqual(['/a', '/b', '/', 'x/y']);
});

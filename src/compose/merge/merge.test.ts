import { expect, test } from 'vitest';
import { errorOf, loadFiles } from '../../../test/support/compose-files.js';

function merged(base: string, over: string) {
  const service = (text: string) => `services:\n  a:\n    image: a\n${text.replace(/^/gm, '    ')}\n`;
  const files = { '/project/compose.yaml': service(base), '/project/compose.override.yml': service(over) };
  const { image, networks, ...rest } = loadFiles(files).model.services['a'] ?? {};
  return rest;
}

test.each([
  ['single values are replaced', 'hostname: x', 'hostname: y', { hostname: 'y' }],
  ['lists are joined', 'cap_add: [A]', 'cap_add: [B]', { cap_add: ['A', 'B'] }],
  ['equal entries stand once', 'cap_add: [A, B]', 'cap_add: [B]', { cap_add: ['A', 'B'] }],
  [
    'environment merges by name across forms',
    'environment: {A: 1, B: 2}',
    'environment: [B=3]',
    { environment: { A: '1', B: '3' } },
  ],
  ['a command is replaced', 'command: [a, b]', 'command: c d', { command: ['c', 'd'] }],
  [
    'volumes merge by target',
    'volumes: ["./x:/t"]',
    'volumes: ["./y:/t"]',
    { volumes: [{ type: 'bind', source: '/project/y', target: '/t', bind: {} }] },
  ],
  [
    'ports stand once for each host and container port',
    'ports: ["1:80"]',
    'ports: ["1:80", "2:80"]',
    {
      ports: [
        { mode: 'ingress', target: 80, published: '1', protocol: 'tcp' },
        { mode: 'ingress', target: 80, published: '2', protocol: 'tcp' },
      ],
    },
  ],
  [
    'an empty value leaves what is there',
    'labels: {A: b}\nhostname: x',
    'labels:\nhostname:',
    { labels: { A: 'b' }, hostname: 'x' },
  ],
  ['!reset removes', 'ports: ["1:80"]\nhostname: x', 'ports: !reset []', { hostname: 'x' }],
  ['!override replaces', 'cap_add: [A]', 'cap_add: !override [B]', { cap_add: ['B'] }],
  ['!override replaces inside', 'labels: {A: "1", B: "2"}', 'labels: !override {B: "3"}', { labels: { B: '3' } }],
  [
    'limits are replaced whole',
    'ulimits: {nofile: {soft: 1, hard: 2}}',
    'ulimits: {nofile: 3}',
    { ulimits: { nofile: 3 } },
  ],
  [
    'options of another log driver are not kept',
    'logging: {driver: a, options: {x: y}}',
    'logging: {driver: b}',
    { logging: { driver: 'b' } },
  ],
  [
    'a healthcheck merges by key, its test is replaced',
    'healthcheck: {test: [CMD, a], retries: 1}',
    'healthcheck: {test: b}',
    { healthcheck: { test: ['CMD-SHELL', 'b'], retries: 1 } },
  ],
  [
    'the short form of a build is its context',
    'build: {target: t}',
    'build: ./b',
    { build: { context: '/project/b', dockerfile: 'Dockerfile', target: 't' } },
  ],
  [
    'options of the same log driver are kept, whichever file names it',
    'logging: {driver: a, options: {x: "1"}}',
    'logging: {options: {y: "2"}}',
    { logging: { driver: 'a', options: { x: '1', y: '2' } } },
  ],
  ['no logging leaves what is there', 'logging: {driver: a}', 'logging:', { logging: { driver: 'a' } }],
  [
    'an address of a host stands once',
    'extra_hosts: ["a:1.1.1.1"]',
    'extra_hosts: ["a:1.1.1.1", "b:2.2.2.2"]',
    { extra_hosts: ['a=1.1.1.1', 'b=2.2.2.2'] },
  ],
  [
    'volumes merge by target across forms',
    'volumes: ["./x:/t", /anon]',
    'volumes: [{type: bind, source: ./y, target: /t}, /anon]',
    {
      volumes: [
        { type: 'bind', source: '/project/y', target: '/t' },
        { type: 'volume', target: '/anon', volume: {} },
      ],
    },
  ],
  [
    'devices merge by target',
    'devices: ["/dev/a:/dev/x"]',
    'devices: ["/dev/b:/dev/x"]',
    { devices: [{ source: '/dev/b', target: '/dev/x', permissions: 'rwm' }] },
  ],
  ['a text and a list are joined', 'tmpfs: /a', 'tmpfs: [/a, /b]', { tmpfs: ['/a', '/b'] }],
  [
    'exposed ports are the same as numbers and as texts',
    'expose: [80]',
    'expose: ["80", 81]',
    { expose: ['80', '81'] },
  ],
])('%s', (_rule, base, over, expected) => {
  expect(merged(base, over)).toEqual(expected);
});

test('dependencies merge, and the later condition holds', () => {
  const file = (text: string) => `services:\n  a:\n    image: a\n    depends_on: ${text}\n  b: {image: b}\n`;
  const files = {
    '/project/compose.yaml': file('[b]'),
    '/project/compose.override.yml': file('{b: {condition: service_healthy}}'),
  };
  expect(loadFiles(files).model.services['a']?.depends_on).toEqual({
    b: { condition: 'service_healthy', required: true },
  });
});

test('forms that do not go together are an error in the later file', () => {
  const files = {
    '/project/compose.yaml': 'services:\n  a:\n    image: a\n    gpus: all\n',
    '/project/compose.override.yml': 'services:\n  a:\n    gpus: {a: b}\n',
  };
  expect(errorOf(() => loadFiles(files))).toMatchObject({
    code: 'COMPOSE_INVALID',
    position: { file: '/project/compose.override.yml', line: 3, column: 11 },
  });
});

test.each([
  ['build: .', 'build: [x]', 'services.a.build: a mapping cannot be overridden by a list'],
  ['cap_add: [A]', 'cap_add: x', 'services.a.cap_add: a list cannot be overridden by a string'],
])('%s and %s do not go together', (base, over, message) => {
  expect(errorOf(() => merged(base, over)).message).toBe(`Cannot merge ${message}.`);
});

test.each([
  ['internal', '{internal: true}', 'x', 'Cannot merge networks.n: a mapping cannot be overridden by a string.'],
  [
    'pools',
    '{ipam: {config: [{subnet: 10.0.0.0/24}]}}',
    '{ipam: {config: 5}}',
    'Cannot use networks.n.ipam.config: it must be a list. Current value is 5.',
  ],
])('a network (%s) is not overridden by something else', (_what, base, over, message) => {
  const file = (network: string) => `services: {a: {image: a}}\nnetworks: {n: ${network}}\n`;
  const files = { '/project/compose.yaml': file(base), '/project/compose.override.yml': file(over) };
  expect(errorOf(() => loadFiles(files)).message).toBe(message);
});

test('address pools with one subnet merge, others are added', () => {
  const file = (config: string) => `services: {a: {image: a}}\nnetworks: {n: {ipam: {config: ${config}}}}\n`;
  const files = {
    '/project/compose.yaml': file('[{subnet: 10.0.0.0/24, gateway: 10.0.0.1}]'),
    '/project/compose.override.yml': file('[{subnet: 10.0.0.0/24, ip_range: 10.0.0.0/28}, {subnet: 10.1.0.0/24}]'),
  };
  expect(loadFiles(files).model.networks?.['n']?.ipam.config).toEqual([
    { subnet: '10.0.0.0/24', gateway: '10.0.0.1', ip_range: '10.0.0.0/28' },
    { subnet: '10.1.0.0/24' },
  ]);
  const emptied = { ...files, '/project/compose.override.yml': file('') };
  expect(loadFiles(emptied).model.networks?.['n']?.ipam.config).toEqual([
    { subnet: '10.0.0.0/24', gateway: '10.0.0.1' },
  ]);
});

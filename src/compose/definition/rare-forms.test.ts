import { expect, test } from 'vitest';
import { errorOf, loadText } from '../../../test/support/compose-files.js';
import { composeDefinition } from './definition.js';

const define = (text: string) => composeDefinition(loadText(text));

/** Defines a service `a` of these lines, which begin at 4:5. */
const defineService = (lines: string) =>
  define(`services:\n  a:\n    image: x\n${lines.replace(/^/gm, '    ')}\nvolumes: {v: {}}\n`);

/** What a service of these lines has in one field. */
const field = (lines: string, key: string): unknown =>
  (defineService(lines).services[0] as unknown as Record<string, unknown>)[key];

test.each([
  ['5', '4:5 Cannot use services.a.x-portside: it must be a mapping.'],
  ['{wait: 5}', '4:18 Cannot use services.a.x-portside.wait: it must be a mapping.'],
  ['{kind: [1]}', '4:18 Cannot use services.a.x-portside.kind: it must be a single value. Current value is [1].'],
  [
    '{wait: {log: x, count: 0}}',
    '4:33 Cannot use services.a.x-portside.wait.count: it must be an integer of at least 1. Current value is 0.',
  ],
  [
    '{wait: {http: /ready}}',
    '4:25 Cannot use services.a.x-portside.wait.http: it names no port, and the service has none. Current value is "/ready".',
  ],
  [
    '{wait: {http: ready}}',
    '4:25 Cannot use services.a.x-portside.wait.http: it must be a path, a port with a path, or a URL. Current value is "ready".',
  ],
  [
    '{wait: {http: ""}}',
    '4:25 Cannot use services.a.x-portside.wait.http: it must be a path, a port with a path, or a URL. Current value is "".',
  ],
  [
    '{wait: {http: "70000/ready"}}',
    '4:25 Cannot use services.a.x-portside.wait.http: its port must be 1 to 65535. Current value is "70000/ready".',
  ],
  [
    '{embedded: {command: []}}',
    '4:18 Cannot use services.a.x-portside.embedded: its "command" must be a command line or a list of words. Current value is {"command":[]}.',
  ],
  [
    `{embedded: "a 'b"}`,
    `4:18 Cannot use services.a.x-portside.embedded: its "command" must be a command line or a list of words. Current value is "a 'b".`,
  ],
  [
    '{embedded: {command: x, cwd: 5}}',
    '4:18 Cannot use services.a.x-portside.embedded: its "cwd" must be a path and its "environment" a mapping. Current value is {"command":"x","cwd":5}.',
  ],
  [
    '{embedded: {command: x, environment: [1]}}',
    '4:18 Cannot use services.a.x-portside.embedded: its "cwd" must be a path and its "environment" a mapping. Current value is {"command":"x","environment":[1]}.',
  ],
])('x-portside: %s of a service is refused, with its place', (value, problem) => {
  const { code, position, message } = errorOf(() => defineService(`x-portside: ${value}`));
  expect(`${code} ${position?.line}:${position?.column} ${message}`).toBe(`COMPOSE_INVALID ${problem}`);
});

test.each([
  ['{wait: {logs: x}}', '4:25', 'Did you mean "log"?'],
  ['{zzz: 1}', '4:18', 'Known keys are kind, name, ignore, isolation, durable, embedded, wait, ports, advertise.'],
])('x-portside: %s of a service has a key that is not known; the hint says which are', (value, place, hint) => {
  const error = errorOf(() => defineService(`x-portside: ${value}`));
  expect(error).toMatchObject({ code: 'COMPOSE_UNKNOWN_KEY', hint });
  expect(`${error.position?.line}:${error.position?.column}`).toBe(place);
});

test.each([
  ['keepWarm: soon', 'keepWarm: it must be a duration such as 5m, or milliseconds. Current value is "soon".'],
  ['keepWarm: -1', 'keepWarm: it must be a duration such as 5m, or milliseconds. Current value is -1.'],
  ['keepWarm: []', 'keepWarm: it must be a duration such as 5m, or milliseconds. Current value is [].'],
  ['startTimeout: long', 'startTimeout: it must be a duration such as 2m, or milliseconds. Current value is "long".'],
  ['snapshots: maybe', 'snapshots: it must be true or false. Current value is "maybe".'],
  ['ports: fixed', 'ports: it must be dynamic or prefer. Current value is "fixed".'],
  [
    'leases: {queueTimeout: never}',
    'leases.queueTimeout: it must be a duration such as 1m, or milliseconds. Current value is "never".',
  ],
])('the setting %s is refused', (setting, message) => {
  const error = errorOf(() => define(`services: {a: {image: a}}\nx-portside: {${setting}}\n`));
  expect(error).toMatchObject({ code: 'COMPOSE_INVALID', message: `Cannot use x-portside.${message}` });
});

test('the setting snapshots is true or false', () => {
  for (const snapshots of [true, false]) {
    expect(define(`services: {a: {image: a}}\nx-portside: {snapshots: ${snapshots}}\n`).settings).toEqual({
      snapshots,
    });
  }
});

test.each([
  ['x-portside: {embedded: "node x"}', 'embedded', { command: ['node', 'x'], cwd: '/project' }],
  [
    'x-portside: {embedded: {command: x, environment: {A: null, B: 1}}}',
    'embedded',
    { command: ['x'], cwd: '/project', environment: { A: '', B: '1' } },
  ],
  ['x-portside: {ports: {main: null}}', 'ports', []],
  ['x-portside: {advertise: {A: null}}', 'advertise', { A: '' }],
  ['devices: [/dev/a]', 'container', { devices: [{ source: '/dev/a', target: '/dev/a', permissions: 'rwm' }] }],
  [
    'devices: ["/dev/a:/dev/b:r"]',
    'container',
    { devices: [{ source: '/dev/a', target: '/dev/b', permissions: 'r' }] },
  ],
  ['gpus: all', 'container', { gpus: [{ count: -1, capabilities: ['gpu'] }] }],
  ['gpus: [{count: 2, driver: d}]', 'container', { gpus: [{ count: 2, driver: 'd', capabilities: ['gpu'] }] }],
  ['volumes_from: ["container:x"]', 'container', { volumesFrom: ['container:x'] }],
  [
    'post_start: [{command: x, environment: [A=1]}]',
    'container',
    { postStart: [{ command: ['x'], environment: { A: '1' } }] },
  ],
  [
    'expose: ["70000", "5-3", "80-81/udp", x]',
    'ports',
    [
      { target: 80, protocol: 'udp' },
      { target: 81, protocol: 'udp' },
    ],
  ],
  [
    'build: {context: ., shm_size: 1m}',
    'build',
    { context: '/project', dockerfile: 'Dockerfile', args: {}, shmSizeBytes: 1_048_576 },
  ],
  ['pull_policy: if_not_present', 'pullPolicy', 'missing'],
  ["command: 'a `b c` d'", 'command', ['a', '`b c`', 'd']],
  ['command: "a \\"b\\\\tc\\""', 'command', ['a', 'b\tc']],
])('%s', (lines, key, expected) => {
  expect(field(lines, key)).toEqual(expected);
});

test.each([
  [
    'volumes: [{type: bind, source: /a, target: /b, bind: {recursive: disabled}}]',
    ['services.a.volumes[0].bind.recursive'],
  ],
  [
    'volumes: [{type: volume, source: v, target: /b, volume: {labels: {a: b}}}]',
    ['services.a.volumes[0].volume.labels'],
  ],
  [
    'deploy: {resources: {reservations: {cpus: "1", generic_resources: [{discrete_resource_spec: {kind: x, value: 1}}]}}}',
    ['services.a.deploy.resources.reservations.cpus', 'services.a.deploy.resources.reservations.generic_resources'],
  ],
])('%s has no effect, and a warning says so', (lines, keys) => {
  expect(defineService(lines).warnings.map(({ code, message }) => `${code} ${message.split(' ')[0]}`)).toEqual(
    keys.map((key) => `NOT_CARRIED_OUT ${key}`),
  );
});

test.each([
  ['secrets: {s: {file: ./x, driver: y}}', 'secrets.s.driver'],
  ['configs: {c: {file: ./x, template_driver: golang}}', 'configs.c.template_driver'],
])('%s at the top of the file has no effect, and a warning says so', (line, key) => {
  const { warnings } = define(`services: {a: {image: x}}\n${line}\n`);
  expect(warnings.map(({ message }) => message.split(' ')[0])).toContain(key);
});

test('a key of embedded that is not known is refused with the nearest one, and small numbers are written as Compose does', () => {
  const error = errorOf(() => defineService('x-portside: {embedded: {command: x, comand: y}}'));
  expect(error).toMatchObject({ code: 'COMPOSE_UNKNOWN_KEY', hint: 'Did you mean "command"?' });
  expect(field('environment: {A: 0.00001, B: 1.5e-9, C: 0.5}', 'environment')).toEqual({
    A: '1e-05',
    B: '1.5e-09',
    C: '0.5',
  });
});

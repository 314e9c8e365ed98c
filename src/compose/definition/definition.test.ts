import { expect, test } from 'vitest';
import { errorOf, loadText, summary } from '../../../test/support/compose-files.js';
import type { ComposeLoadOptions } from '../index.js';
import { composeDefinition } from './definition.js';

function define(text: string, options: Partial<ComposeLoadOptions> = {}) {
  return composeDefinition(loadText(text, options));
}

function defineService(lines: string) {
  const [service] = define(`services:\n  a:\n${lines.replace(/^/gm, '    ')}\n`).services;
  return service;
}

test.each([
  ['image: postgres:16-alpine', 'postgres'],
  ['image: registry.example:5000/team/postgis:16-3.4@sha256:abc', 'postgres'],
  ['image: bitnami/postgresql', 'postgres'],
  ['image: redis/redis-stack-server:7', 'redis'],
  ['image: valkey/valkey:8', 'redis'],
  ['image: redislabs/redisinsight\nports: ["5540"]', 'tcp'],
  ['image: prometheuscommunity/postgres-exporter\nports: ["9187"]', 'tcp'],
  ['build: .\nports: ["8080:8080"]', 'http'],
  ['build: .\nexpose: [3000]', 'http'],
  ['build: .\nports: [{target: 9999, app_protocol: http}]', 'http'],
  ['build: .\nports: ["9999"]\nhealthcheck: {test: curl -f http://localhost:9999/}', 'http'],
  ['image: custom-db\nports: ["5432"]', 'postgres'],
  ['build: .\nports: ["9229:9229", "3000:3000"]', 'http'],
  ['build: .\nports: ["9229:9229"]', 'tcp'],
  ['build: .\nports: ["9000", "9001"]\nhealthcheck: {test: curl -f http://localhost:9001/}', 'http'],
  ['image: mysql:8\nports: ["3306:3306"]', 'tcp'],
  ['image: mariadb', 'tcp'],
  ['image: mcr.microsoft.com/mssql/server:2022-latest', 'tcp'],
  ['image: example.com/server', 'worker'],
  ['image: redpandadata/redpanda:v24\nports: ["8081:8081", "9092:9092"]', 'tcp'],
  ['image: redpandadata/redpanda:v24', 'worker'],
  ['image: elasticsearch:8\nports: ["9200"]', 'tcp'],
  ['image: elasticsearch:8\nports: ["9200"]\nhealthcheck: {test: curl -f http://localhost:9200/_cat}', 'http'],
  ['image: postgres:16\ncommand: psql -h db -f /seed.sql', 'worker'],
  ['image: postgres:16\ncommand: sh -c "until pg_isready -h db; do sleep 1; done; psql -h db"', 'worker'],
  ['image: postgres:16\ncommand: sh -c "docker-entrypoint.sh postgres & psql -f /seed.sql; wait"', 'postgres'],
  ['image: mariadb\ncommand: mysqld --user mysql', 'tcp'],
  ['image: mariadb\ncommand: bash -c "chown -R mysql /var/lib/mysql && exec mysqld"', 'tcp'],
  ['image: mariadb\nentrypoint: [mysql, -h, db]', 'worker'],
  ['image: postgres:16\nnetwork_mode: none', 'worker'],
  ['image: postgres:16\ncommand: postgres -c fsync=off', 'postgres'],
  ['image: redis:7\nentrypoint: /usr/local/bin/redis-cli', 'worker'],
  ['image: dns\nports: ["53/udp"]', 'tcp'],
  ['image: busybox', 'worker'],
  ['image: postgres\nlabels: {portside.kind: tcp}', 'tcp'],
  ['image: x\nx-portside: {kind: http}', 'http'],
])('the service %j is of kind %s', (lines, kind) => {
  expect(defineService(lines)?.kind).toBe(kind);
});

// A script fills a server, or is what starts one: what surrounds the service tells.
test.each([
  ['image: mongo:7\nentrypoint: ["bash", "/scripts/mongo_setup.sh"]\nrestart: "no"', 'worker'],
  ['image: postgres:16\ncommand: bash /scripts/seed.sh', 'worker'],
  ['image: postgres:16\ncommand: /scripts/seed.sh', 'worker'],
  ['image: postgres:16\nentrypoint: [/bin/sh, -eu, seed.sh]\nrestart: on-failure', 'worker'],
  ['image: redis:7\ncommand: sh -c "sleep 2; /scripts/fill.sh"', 'worker'],
  ['image: mysql:8\ncommand: sh -c "sleep 2 && bash /scripts/fill.sh"', 'worker'],
  ['image: postgres:16\ncommand: bash /start.sh\nports: ["5432"]', 'postgres'],
  ['image: postgres:16\ncommand: bash /start.sh\nexpose: ["5432"]', 'postgres'],
  ['image: postgres:16\ncommand: bash /start.sh\nhealthcheck: {test: pg_isready}', 'postgres'],
  ['image: postgres:16\ncommand: bash /start.sh\nrestart: always', 'postgres'],
  ['image: postgres:16\ncommand: bash /start.sh\nvolumes: ["/var/lib/postgresql/data"]', 'postgres'],
  ['image: postgres:16\ncommand: bash /start.sh\nlabels: {portside.kind: postgres}', 'postgres'],
  ['image: postgres:16\ncommand: /wait-for-it.sh db:5432 -- postgres', 'postgres'],
  ['image: postgres:16\nentrypoint: /usr/local/bin/docker-entrypoint.sh\ncommand: postgres', 'postgres'],
  ['image: bitnami/mongodb\ncommand: /opt/bitnami/scripts/mongodb/run.sh', 'tcp'],
])('the service %j with a script is of kind %s', (lines, kind) => {
  expect(defineService(lines)?.kind).toBe(kind);
});

test.each([
  ['service_healthy', '"no"', 'postgres'],
  ['service_started', '"no"', 'worker'],
  ['service_started', 'on-failure', 'postgres'],
  ['service_completed_successfully', 'on-failure', 'worker'],
])('a script that others wait for as %s, with restart %s, is of kind %s', (condition, restart, kind) => {
  const script = `image: postgres:16\n    command: bash /x.sh\n    restart: ${restart}`;
  const other = `image: x\n    depends_on: {a: {condition: ${condition}}}`;
  const { services } = define(`services:\n  a:\n    ${script}\n  b:\n    ${other}\n`);
  expect(services[0]?.kind).toBe(kind);
});

test.each([
  ['DB_HOST: a', 'postgres'],
  ['DB_URL: "postgresql://me:x@a:5432/db"', 'postgres'],
  ['NAMES: "ab:1,ba"', 'worker'],
])('a script whose service others name as %j is of kind %s', (variable, kind) => {
  const script = 'image: postgres:16\n    command: bash /x.sh';
  const { services } = define(`services:\n  a:\n    ${script}\n  b:\n    image: x\n    environment: {${variable}}\n`);
  expect(services[0]?.kind).toBe(kind);
});

const kinds = [{ name: 'search', port: 9200, image: 'search:1', images: ['opensearch'] }];

test.each([
  ['image: x\nlabels: {portside.kind: search}', 'search', [9200]],
  ['image: x\nports: ["9600", "9200"]\nx-portside: {kind: search}', 'search', [9200, 9600]],
  ['image: team/opensearch:2', 'search', [9200]],
  ['image: team/opensearch:2\nnetwork_mode: none', undefined, []],
  ['image: team/opensearch:2\ncommand: bash /seed.sh', undefined, []],
  ['image: team/opensearch:2\nports: ["9200"]\nlabels: {portside.kind: tcp}', undefined, [9200]],
])('with a kind of the configuration, the service %j is of kind %s', (lines, kind, ports) => {
  const [service] = composeDefinition(loadText(`services:\n  a:\n${lines.replace(/^/gm, '    ')}\n`), kinds).services;
  expect([service?.custom?.name, service?.ports.map(({ target }) => target)]).toEqual([kind, ports]);
  if (kind !== undefined) expect(service?.kind).toBe('tcp');
});

test('an unknown kind is refused with those that there are', () => {
  const load = () => composeDefinition(loadText('services: {a: {image: x, labels: {portside.kind: serch}}}'), kinds);
  expect(errorOf(load).message).toMatch(/must be one of postgres, redis, http, tcp, worker, search\./);
});

test.each([
  ['image: redis/redis-stack\nports: ["8001:8001", "6379:6379"]', [6379, 8001]],
  ['image: team/patroni\nports: ["8008:8008", "5432:5432"]\nlabels: {portside.kind: postgres}', [5432, 8008]],
  ['build: .\nports: ["9229:9229", "3000:3000"]', [3000, 9229]],
  ['build: .\nports: ["9090:9090", {target: 7000, app_protocol: http}]', [7000, 9090]],
  ['image: rabbitmq:management\nports: ["15672:15672", "5672:5672"]', [5672, 15672]],
  ['image: rabbitmq:management\nports: ["15672:15672"]', [15672]],
  ['image: mariadb', [3306]],
  ['image: dns\nports: ["53:53/udp", "53:53", "80:80"]', [53, 53, 80]],
  ['image: x\nports: ["9999", "5432"]\nlabels: {portside.kind: tcp}', [9999, 5432]],
])('of the service %j the port that it serves its clients at comes first', (lines, targets) => {
  expect(defineService(lines)?.ports.map(({ target }) => target)).toEqual(targets);
});

test.each([
  'labels: {portside.advertise.LISTENERS: "PLAINTEXT://{host}:{ports.9092}"}',
  'x-portside: {advertise: {LISTENERS: "PLAINTEXT://{host}:{ports.9092}"}}',
])('%s tells the program its own host address', (lines) => {
  expect(defineService(`image: kafka\nports: ["9092"]\n${lines}`)?.advertise).toEqual({
    LISTENERS: 'PLAINTEXT://{host}:{ports.9092}',
  });
});

test.each([
  ['image: kafka\nports: ["9092"]', '{ports.9093}', /"\{ports\.9093\}" stands for nothing/, /mean "\{ports\.9092\}"/],
  ['image: kafka\nports: ["9092"]', '{hots}:1', /"\{hots\}" stands for nothing/, /mean "\{host\}"/],
  ['image: x', '{host}:{port}', /the service has no port/, /ports or expose/],
])('for a service with %j to advertise %j is an error with its place', (lines, text, message, hint) => {
  const error = errorOf(() => defineService(`${lines}\nlabels:\n  portside.advertise.V: "${text}"`));
  expect(error).toMatchObject({
    code: 'COMPOSE_INVALID',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
    position: { line: 3 + lines.split('\n').length + 1 },
  });
});

test('a service in the network of the host gets a warning with its place', () => {
  const { warnings } = define('services:\n  a:\n    image: x\n    network_mode: host\n');
  expect(warnings).toMatchObject([
    { code: 'HOST_NETWORK', message: expect.stringContaining('services.a.network_mode'), position: { line: 4 } },
  ]);
});

test.each([
  ['image: postgres:16', './pg:/var/lib/postgresql/data'],
  ['image: postgres:18', './pg:/var/lib/postgresql'],
  ['image: postgres:18', './pg:/var/lib/postgresql/18/docker'],
  ['image: team/postgis\nenvironment: {PGDATA: /pg/data/}', '/srv/pg:/pg'],
  ['build: .\nlabels: {portside.kind: postgres}', './pg:/var/lib/postgresql/data'],
  ['image: redis:7', './r:/data'],
  ['image: mysql:8', './m:/var/lib/mysql'],
  ['image: mariadb', './m:/var/lib/mysql:rw'],
  ['image: bitnami/mongodb', './m:/bitnami/mongodb'],
  ['image: mongo:7', './m:/data/db'],
])('the service %j that keeps its data in the folder %j of the host gets a warning with its place', (lines, mount) => {
  const yaml = `services:\n  a:\n    volumes:\n      - v:/v\n      - ${mount}\n${lines.replace(/^/gm, '    ')}\nvolumes: {v: }\n`;
  const target = mount.split(':')[1];
  expect(define(yaml).warnings).toMatchObject([
    {
      code: 'SHARED_DATA',
      message: expect.stringContaining(`Mount a named volume at ${target},`),
      position: { line: 5 },
    },
  ]);
});

test.each([
  ['image: postgres:16', './pg:/var/lib/postgresql/data:ro'],
  ['image: postgres:16', 'v:/var/lib/postgresql/data'],
  ['image: postgres:16', './init:/docker-entrypoint-initdb.d'],
  ['image: postgres:16', './certs:/var/lib/postgresql/data-certs'],
  ['image: postgres:16\ncommand: psql -f /x.sql', './pg:/var/lib/postgresql/data'],
  ['image: mysql:8', './conf.d:/etc/mysql/conf.d'],
  ['image: node:20\nports: ["3000"]', './data:/data'],
])('the service %j with the mount %j gets no warning of shared data', (lines, mount) => {
  const yaml = `services:\n  a:\n    volumes: ['${mount}']\n${lines.replace(/^/gm, '    ')}\nvolumes: {v: }\n`;
  expect(define(yaml).warnings).toEqual([]);
});

test('a seccomp profile is found from the folder of the project', () => {
  const lines =
    'image: x\nsecurity_opt: ["seccomp=./p.json", "seccomp:sub/p.json", seccomp=/p.json, seccomp=unconfined, "seccomp:builtin", "label:disable"]';
  expect(defineService(lines)?.container.securityOpt).toEqual([
    'seccomp=/project/p.json',
    'seccomp=/project/sub/p.json',
    'seccomp=/p.json',
    'seccomp=unconfined',
    'seccomp:builtin',
    'label:disable',
  ]);
});

test('a file that leaves no service on gets a warning that says why', () => {
  const off = define(
    'services:\n  a:\n    image: x\n    profiles: [tools]\n  b:\n    image: x\n    profiles: [tools]\n',
  );
  expect(off.warnings).toEqual([
    {
      code: 'NO_SERVICES',
      message:
        'There is no service to run: a, b belong to profiles that are off; --profile or COMPOSE_PROFILES switches one on.',
    },
  ]);
  expect(define('services: {}\n').warnings).toMatchObject([
    { code: 'NO_SERVICES', message: 'There is no service to run: none is defined.' },
  ]);
  expect(define('services: {a: {image: x, labels: {portside.ignore: "true"}}}\n').warnings).toMatchObject([
    { code: 'NO_SERVICES', message: 'There is no service to run: all are left out.' },
  ]);
});

test('ports are those published and exposed, each once, with the published one as a preference', () => {
  const lines =
    'image: a\nports: ["127.0.0.1:81:80", "82:80", "53:53/udp", "5001-5005:5000"]\nexpose: ["80", "9000-9001"]';
  expect(defineService(lines)?.ports).toEqual([
    { target: 80, protocol: 'tcp', published: 81, hostIp: '127.0.0.1' },
    { target: 53, protocol: 'udp', published: 53 },
    { target: 5000, protocol: 'tcp', published: 5001 },
    { target: 9000, protocol: 'tcp' },
    { target: 9001, protocol: 'tcp' },
  ]);
});

test('ports get names from Compose and from labels', () => {
  const lines =
    'image: a\nports: [{target: 80, name: web}, "81"]\nlabels: {portside.port.admin: 81, portside.port.debug: 9229}';
  expect(defineService(lines)?.ports.map(({ target, name }) => [target, name])).toEqual([
    [80, 'web'],
    [81, 'admin'],
    [9229, 'debug'],
  ]);
});

test('a service carries what Compose says, in the units of the model', () => {
  const service = defineService(
    [
      'image: a',
      'hostname: host',
      'command: run "two words"',
      'entrypoint: []',
      'environment: {A: 1, UNSET: }',
      'healthcheck: {test: [CMD, ok], interval: 1m30s, timeout: 500ms, retries: 3}',
      'stop_grace_period: 1m',
      'tmpfs: ["/run:size=1m,mode=700", /tmp]',
      'volumes: [{type: tmpfs, target: /t, tmpfs: {size: 1k, mode: 0700}}, "/anon", "./b:/b:ro"]',
      'shm_size: 64m',
      'mem_reservation: 1m',
      'ulimits: {nofile: 10, nproc: {soft: 1, hard: 2}}',
      'extra_hosts: ["h:10.0.0.1"]',
      'deploy: {replicas: 3, resources: {limits: {cpus: "0.5", memory: 1g, pids: 10}}}',
      'post_start: [{command: echo hi, user: root}]',
    ].join('\n'),
  );
  expect(service).toMatchObject({
    aliases: ['host'],
    command: ['run', 'two words'],
    entrypoint: [],
    environment: { A: '1' },
    healthcheck: { test: ['CMD', 'ok'], intervalMs: 90_000, timeoutMs: 500, retries: 3 },
    stopGracePeriodMs: 60_000,
    replicas: 3,
    mounts: [
      { type: 'tmpfs', target: '/t', sizeBytes: 1024, mode: 0o700 },
      { type: 'volume', target: '/anon', readOnly: false },
      { type: 'bind', source: '/project/b', target: '/b', readOnly: true, createHostPath: true },
      { type: 'tmpfs', target: '/run', options: 'size=1m,mode=700' },
      { type: 'tmpfs', target: '/tmp' },
    ],
    container: {
      shmSizeBytes: 67_108_864,
      memoryBytes: 1_073_741_824,
      memoryReservationBytes: 1_048_576,
      ulimits: { nofile: { soft: 10, hard: 10 }, nproc: { soft: 1, hard: 2 } },
      extraHosts: ['h:10.0.0.1'],
      cpus: 0.5,
      pidsLimit: 10,
      postStart: [{ command: ['echo', 'hi'], user: 'root' }],
    },
  });
  expect(service?.position).toEqual({ file: '/project/compose.yaml', line: 2, column: 3 });
});

test('container_name is kept as an alias', () => {
  expect(defineService('image: a\ncontainer_name: old\nhostname: a')?.aliases).toEqual(['old']);
});

test('a health check that is switched off has the test NONE', () => {
  expect(defineService('image: a\nhealthcheck: {disable: true}')?.healthcheck).toEqual({ test: ['NONE'] });
});

test('networks and volumes keep a name only where the user gave one', () => {
  const { networks, volumes } = define(
    'services: {a: {image: a}}\nnetworks: {n: {internal: true}, m: {name: mine}, e: {external: true}}\nvolumes: {v: , w: {name: own}}\n',
  );
  expect(networks).toEqual({
    default: { external: false },
    n: { external: false, internal: true },
    m: { external: false, name: 'mine' },
    e: { external: true, name: 'e' },
  });
  expect(volumes).toEqual({ v: { external: false }, w: { external: false, name: 'own' } });
});

test('secrets and configs have contents, and absolute targets', () => {
  const text = [
    'services:',
    '  a:',
    '    image: a',
    '    secrets: [f, {source: e, target: name, mode: 0400, uid: "1"}]',
    '    configs: [c, {source: x, target: /etc/x}]',
    'secrets: {f: {file: ./f}, e: {environment: TOKEN}, unused: {environment: NOPE}}',
    'configs: {c: {content: "hi $TOKEN"}, x: {external: true}}',
  ].join('\n');
  const { services, secrets, configs } = define(text, { environment: { TOKEN: 't' } });
  expect(services[0]).toMatchObject({
    secrets: [
      { source: 'f', target: '/run/secrets/f' },
      { source: 'e', target: '/run/secrets/name', mode: 0o400, uid: '1' },
    ],
    configs: [
      { source: 'c', target: '/c' },
      { source: 'x', target: '/etc/x' },
    ],
  });
  expect(secrets).toEqual({ f: { type: 'file', path: '/project/f' }, e: { type: 'content', content: 't' } });
  expect(configs).toEqual({ c: { type: 'content', content: 'hi t' }, x: { type: 'external', name: 'x' } });
  expect(errorOf(() => define(text))).toMatchObject({ code: 'COMPOSE_REFERENCE', position: { line: 6 } });
});

test('keys that only BuildKit carries out are listed with the build', () => {
  const build = defineService('build: {context: ., args: {A: b, C: }, ssh: [default], target: t}')?.build;
  expect(build).toEqual({
    context: '/project',
    dockerfile: 'Dockerfile',
    args: { A: 'b' },
    target: 't',
    buildkitOnly: ['ssh'],
  });
});

test('every key without effect is warned of, with its place', () => {
  const text = [
    'services:',
    '  a:',
    '    image: a',
    '    pull_policy: daily',
    '    restart: always',
    '    blkio_config: {weight: 10}',
    '    deploy:',
    '      mode: global',
    '      placement: {constraints: [x]}',
    '    volumes:',
    '      - {type: npipe, source: x, target: y}',
    '  b:',
    '    provider: {type: cloud}',
  ].join('\n');
  const { services, warnings } = define(text);
  expect(services.map(({ name }) => name)).toEqual(['a']);
  expect(new Set(warnings.map(({ code }) => code))).toEqual(new Set(['NOT_CARRIED_OUT']));
  expect(warnings.map(({ position }) => position?.line).sort((a, b) => Number(a) - Number(b))).toEqual([
    4, 6, 8, 9, 11, 13,
  ]);
});

test('dependencies on services that are not there are left out when they are optional', () => {
  const text =
    'services:\n  a:\n    image: a\n    depends_on:\n      b: {condition: service_healthy, required: false}\n      c: {condition: service_completed_successfully}\n  b: {image: b, profiles: [p]}\n  c: {image: c}\n';
  expect(define(text).services[0]?.dependsOn).toEqual([
    { service: 'c', condition: 'service_completed_successfully', required: true },
  ]);
});

test('labels and x-portside rename, leave out, and set ready conditions', () => {
  const text = [
    'services:',
    '  db:',
    '    image: postgres',
    '    labels: {portside.name: main-db, portside.wait.log: "ready .*", portside.wait.log.count: 2}',
    '  tool: {image: t, labels: {portside.ignore: "true"}}',
    '  api:',
    '    image: a',
    '    ports: ["8080"]',
    '    depends_on: [db, tool]',
    '    x-portside: {wait: {http: /ready, port: 9000}, embedded: {command: node "a b.js", cwd: srv, environment: {A: 1}}}',
  ].join('\n');
  const { services } = define(text);
  expect(services).toMatchObject([
    { name: 'main-db', aliases: ['db'], readiness: [{ type: 'log', pattern: 'ready .*', count: 2 }] },
    {
      name: 'api',
      dependsOn: [{ service: 'main-db' }],
      readiness: [
        { type: 'tcp', port: 9000 },
        { type: 'http', port: 8080, path: '/ready', maxStatus: 399 },
      ],
      embedded: { command: ['node', 'a b.js'], cwd: '/project/srv', environment: { A: '1' } },
    },
  ]);
});

test.each([
  ['/h', { port: 80, path: '/h' }],
  ['81/h', { port: 81, path: '/h' }],
  [':81', { port: 81, path: '/' }],
  ['http://localhost:81/h?q', { port: 81, path: '/h?q' }],
  ['https://localhost:81/', { port: 81, path: '/', tls: true }],
])('portside.wait.http: %s', (value, expected) => {
  expect(defineService(`image: a\nports: ["80"]\nlabels: {portside.wait.http: "${value}"}`)?.readiness).toEqual([
    { type: 'http', maxStatus: 399, ...expected },
  ]);
});

test('the top-level x-portside gives settings', () => {
  const text =
    'services: {a: {image: a}}\nx-portside: {runtime: embedded, ports: prefer, keepWarm: 5m, start_timeout: 1000}\n';
  expect(define(text).settings).toEqual({
    runtime: 'embedded',
    ports: 'prefer',
    keepWarmMs: 300_000,
    startTimeoutMs: 1000,
  });
});

test('the top-level x-portside says how leases are made', () => {
  const text =
    'services: {a: {image: a}}\n' +
    'x-portside: {leases: {scope: worker, pool: {min: 0, max: 4}, max_active: 9, queueTimeout: 30s}}\n';
  expect(define(text).settings).toEqual({
    leases: { scope: 'worker', poolMin: 0, poolMax: 4, maxActive: 9, queueTimeoutMs: 30_000 },
  });
});

test.each([
  [
    '{scope: suite}',
    'Cannot use x-portside.leases.scope: it must be run, worker, file or test. Current value is "suite".',
  ],
  ['{pol: {}}', 'Cannot use the key "pol" in x-portside.leases: it is not known.'],
  [
    '{pool: {max: -1}}',
    'Cannot use x-portside.leases.pool.max: it must be a whole number, at least 0. Current value is -1.',
  ],
  ['{pool: 4}', 'Cannot use x-portside.leases.pool: it must be a mapping.'],
  ['file', 'Cannot use x-portside.leases: it must be a mapping.'],
])('leases: %s is refused', (leases, message) => {
  expect(errorOf(() => define(`services: {a: {image: a}}\nx-portside: {leases: ${leases}}\n`)).message).toBe(message);
});

test.each([
  ['labels: {portside.isolation: server, portside.durable: "true"}', { isolation: 'server', durable: true }],
  ['x-portside: {isolation: none}', { isolation: 'none' }],
  ['x-portside: {durable: false}', { durable: false }],
  ['labels: {portside.kind: tcp}', undefined],
])('how a service is leased: %s', (text, lease) => {
  expect(defineService(`image: postgres\n${text}`)?.lease).toEqual(lease);
});

test('every mistake in labels and x-portside is reported with its place', () => {
  const text = [
    'services:',
    '  a:',
    '    image: a',
    '    labels:',
    '      - portside.kidn=http',
    '      - portside.wait.port=x',
    '      - portside.wait.log=(',
    '      - portside.isolation=own',
    '      - portside.durable=perhaps',
    '    x-portside:',
    '      kind: mysql',
    '      embeded: {}',
    '  b: {image: b, labels: {portside.name: a}}',
    'x-portside: {runtime: podman, keepwarm: 1}',
  ].join('\n');
  const error = errorOf(() => define(text));
  expect(summary(error).sort()).toEqual(
    [
      'COMPOSE_INVALID 13:3',
      'COMPOSE_INVALID 14:14',
      'COMPOSE_INVALID 6:9',
      'COMPOSE_INVALID 7:9',
      'COMPOSE_INVALID 8:9',
      'COMPOSE_INVALID 9:9',
      'COMPOSE_INVALID 11:7',
      'COMPOSE_UNKNOWN_KEY 12:7',
      'COMPOSE_UNKNOWN_KEY 14:31',
      'COMPOSE_UNKNOWN_KEY 5:9',
    ].sort(),
  );
  expect(error.errors.map(({ hint }) => hint)).toEqual(
    expect.arrayContaining(['Did you mean "portside.kind"?', 'Did you mean "embedded"?', 'Did you mean "keepWarm"?']),
  );
});

import { describe, expect, test } from 'vitest';
import { errorOf, loadFiles, loadText } from '../../test/support/compose-files.js';

const others = 'services:\n  b:\n    image: y\n';
const after = 'secrets: {s: {file: ./s}}\n';

/** Loads a file with a service `a` that consists of these lines, which begin at 6:5. */
const loadService = (lines: string) =>
  loadText(`${others}  a:\n    image: x\n${lines.replace(/^/gm, '    ')}\n${after}`);

/** Shows every problem of a service of these lines as `CODE line:column message`, without the service's name. */
const problemsOf = (lines: string): string[] => {
  const error = errorOf(() => loadService(lines));
  return (error.errors.length === 0 ? [error] : error.errors).map(
    ({ code, position, message }) =>
      `${code} ${position?.line}:${position?.column} ${message.replace('Cannot use services.a.', '')}`,
  );
};

describe('a value that a service cannot have is refused, with its place', () => {
  test.each([
    ['volumes: [5]', '6:15 volumes[0]: it must be a string or a mapping. Current value is 5.'],
    ['devices: ["a:b:c:d"]', '6:15 devices[0]: it has too many colons. Current value is "a:b:c:d".'],
    ['devices: [{source: /dev/a}]', '6:15 devices[0]: its "target" is missing.'],
    ['ports: [{published: 80}]', '6:13 ports[0]: its "target" is missing.'],
    ['ports: [{target: 80, host_ip: no}]', '6:35 ports[0].host_ip: it must be an IP address. Current value is "no".'],
    [
      'build: {context: ., ssh: [x]}',
      '6:31 build.ssh[0]: it must be "default" or have the form ID=PATH. Current value is "x".',
    ],
    [
      'build: {context: ., additional_contexts: [x]}',
      '6:47 build.additional_contexts[0]: it must have the form KEY=VALUE. Current value is "x".',
    ],
    [
      'ulimits: {nofile: [1]}',
      '6:23 ulimits.nofile: it must be a string, an integer or a mapping. Current value is [1].',
    ],
    ['ulimits: {nofile: many}', '6:23 ulimits.nofile: it must be an integer. Current value is "many".'],
    ['depends_on: {b: null}', '6:21 depends_on.b: it must be a mapping. Current value is null.'],
    ['extra_hosts: [a]', '6:18 extra_hosts: it must have the form HOST=ADDRESS. Current value is "a".'],
    ['extra_hosts: {"a:b": 1.2.3.4}', '6:18 extra_hosts: "a:b" is no host name. Current value is {"a:b":"1.2.3.4"}.'],
    ['extra_hosts: 5', '6:18 extra_hosts: it must be a mapping or a list. Current value is 5.'],
    ['command: {a: b}', '6:14 command: it must be empty, a string or a list. Current value is {"a":"b"}.'],
    [
      `command: "a 'b"`,
      `6:14 command: it must be a command whose quotes and parentheses come out even. Current value is "a 'b".`,
    ],
    [
      'environment: ["A =1"]',
      '6:19 environment[0]: it must be NAME=VALUE without a space before the equals sign. Current value is "A =1".',
    ],
    ['hostname: 1.5', '6:15 hostname: it must be a string. Current value is 1.5.'],
    ['init: perhaps', '6:11 init: it must be true or false. Current value is "perhaps".'],
    ['pids_limit: x', '6:17 pids_limit: it must be an integer. Current value is "x".'],
    ['cpu_count: -1', '6:16 cpu_count: it must be at least 0. Current value is -1.'],
    ['cpus: x', '6:11 cpus: it must be a number. Current value is "x".'],
    ['cpus: ""', '6:11 cpus: it must be a number. Current value is "".'],
    ['mem_limit: much', '6:16 mem_limit: it must be a size such as 512m or 2g. Current value is "much".'],
    [
      'stop_grace_period: long',
      '6:24 stop_grace_period: it must be a duration such as 1m30s. Current value is "long".',
    ],
    ['secrets: [{source: s, mode: "9"}]', '6:33 secrets[0].mode: it must be an octal file mode. Current value is "9".'],
    ['scale: -1', '6:5 scale: it must be at least 0. Current value is -1.'],
    ['deploy: {replicas: -1}', '6:14 deploy.replicas: it must be at least 0. Current value is -1.'],
    ['develop: {watch: [{path: ., action: sync}]}', '6:23 develop.watch[0]: its "target" is missing.'],
    [
      'healthcheck: {test: [curl, x]}',
      '6:19 healthcheck.test: a list must begin with CMD, CMD-SHELL or NONE. Current value begins with "curl".',
    ],
    ['gpus: [{count: 1, device_ids: ["0"]}]', '6:23 gpus[0]: "count" and "device_ids" exclude each other.'],
    ['gpus: [{count: few}]', '6:20 gpus[0].count: it must be "all" or a number. Current value is "few".'],
  ])('%s', (lines, problem) => {
    expect(problemsOf(lines)).toEqual([`COMPOSE_INVALID ${problem}`]);
  });
});

describe('values of a service that contradict each other are refused', () => {
  test.each([
    ['scale: 2\ndeploy: {replicas: 3}', '6:5 scale: it must be the same as deploy.replicas.'],
    [
      'cpus: 1\ndeploy: {resources: {limits: {cpus: "2"}}}',
      '6:5 cpus: it must be the same as deploy.resources.limits.cpus.',
    ],
    [
      'mem_limit: 1g\ndeploy: {resources: {limits: {memory: 2g}}}',
      '6:5 mem_limit: it must be the same as deploy.resources.limits.memory.',
    ],
    [
      'pids_limit: 5\ndeploy: {resources: {limits: {pids: 6}}}',
      '6:5 pids_limit: it must be the same as deploy.resources.limits.pids.',
    ],
    [
      'mem_reservation: 1g\ndeploy: {resources: {reservations: {memory: 2g}}}',
      '6:5 mem_reservation: it must be the same as deploy.resources.reservations.memory.',
    ],
    [
      'scale: 2\ncontainer_name: one',
      '7:5 Cannot run several containers of "a": "container_name" gives them one name.',
    ],
    [
      'build: {context: ., dockerfile: D, dockerfile_inline: FROM x}',
      '6:40 Cannot build the service "a": "dockerfile" and "dockerfile_inline" exclude each other.',
    ],
    [
      'platform: linux/arm64\nbuild: {context: ., platforms: [linux/amd64]}',
      '7:25 Cannot build the service "a": "build.platforms" lacks its platform linux/arm64.',
    ],
    [
      'build: {context: ., additional_contexts: {other: "service:b"}}',
      '6:47 Cannot build the service "a": its context "b" has no build.',
    ],
    [
      'tmpfs: [/x]\nvolumes: [{type: bind, source: /y, target: /x}]',
      '7:15 Cannot mount services.a.volumes[0]: its target /x is already mounted by services.a.tmpfs[0].',
    ],
  ])('%s', (lines, problem) => {
    expect(problemsOf(lines)).toEqual([`COMPOSE_INVALID ${problem}`]);
  });

  test('equal ones are not', () => {
    const limits =
      'deploy: {replicas: 2, resources: {limits: {cpus: "1", memory: 1g, pids: 5}, reservations: {memory: 1m}}}';
    const lines = `scale: 2\ncpus: 1\nmem_limit: 1g\npids_limit: 5\nmem_reservation: 1m\n${limits}`;
    expect(loadService(lines).model.services['a']).toMatchObject({ scale: 2, cpus: 1, mem_limit: '1073741824' });
    const watch = 'develop: {watch: [{path: ., action: rebuild}, {path: ., action: sync, target: /app}]}';
    expect(loadService(watch).model.services['a']?.develop?.watch).toHaveLength(2);
  });
});

test('a build context that is a service must be one that is there and is built', () => {
  const lines = 'build: {context: ., additional_contexts: {c: "service:c"}}';
  expect(problemsOf(lines)).toEqual([
    'COMPOSE_REFERENCE 6:47 Cannot run the service "a": the service "c" is not defined.',
  ]);
  const project = loadText(
    `services:\n  a: {build: {context: ., additional_contexts: ["b=service:b"]}}\n  b: {build: .}\n`,
  );
  expect(project.model.services['a']?.build?.additional_contexts).toEqual({ b: 'service:b' });
});

test.each([
  [
    'volumes: {v: {external: {name: x}, name: y}}',
    '4:25 Cannot use volumes.v.external.name: it differs from the name beside it. Current value is "x".',
  ],
  [
    'secrets: {s: {file: x, environment: Y}}',
    '4:24 Cannot use secrets.s: "file" and "environment" exclude each other.',
  ],
  ['secrets: {s: {}}', '4:14 Cannot use secrets.s: it needs one of file, environment.'],
  ['include: [5]', '4:11 Cannot use include[0]: it must be a string or a mapping. Current value is 5.'],
  ['include: [{path: 5}]', '4:18 Cannot use include[0].path: it must be a string or a list. Current value is 5.'],
])('%s at the top of the file is refused, with its place', (line, problem) => {
  const { code, position, message } = errorOf(() => loadText(`${others}${line}\n`));
  expect(`${code} ${position?.line}:${position?.column} ${message}`).toBe(`COMPOSE_INVALID ${problem}`);
});

test('a file in which nothing is written is refused', () => {
  for (const text of ['', '# only a comment\n', '{}\n']) {
    expect(errorOf(() => loadText(text))).toMatchObject({
      code: 'COMPOSE_INVALID',
      message: 'Cannot load /project/compose.yaml: nothing is written there.',
    });
  }
});

test('a service of a file elsewhere in the network is not extended', () => {
  const text = 'services:\n  a:\n    extends: {file: "https://example.com/compose.yaml", service: b}\n';
  expect(errorOf(() => loadText(text))).toMatchObject({ code: 'COMPOSE_UNSUPPORTED', position: { line: 3 } });
});

test('a project whose folder has no name must be given one', () => {
  const error = errorOf(() => loadFiles({ '/compose.yaml': others }, { cwd: '/' }));
  expect(error).toMatchObject({ code: 'COMPOSE_INVALID', message: expect.stringContaining('project') });
});

test('env files and label files of a service must be there and in a form that is known', () => {
  const lines = 'env_file: [{path: a.env, format: json}]\nlabel_file: [none.labels]';
  const files = {
    '/project/compose.yaml': `services:\n  a:\n    image: x\n${lines.replace(/^/gm, '    ')}\n`,
    '/project/a.env': 'A=1\n',
  };
  const error = errorOf(() => loadFiles(files));
  expect(error.errors.map(({ code, position }) => `${code} ${position?.line}:${position?.column}`)).toEqual([
    'COMPOSE_INVALID 4:16',
    'COMPOSE_FILE_NOT_FOUND 5:18',
  ]);
});

test('more ports than any service has are refused', () => {
  const ranges = ['tcp', 'udp', 'sctp'].map((protocol) => `"1-65535:1-65535/${protocol}"`).join(', ');
  expect(errorOf(() => loadService(`ports: [${ranges}]`))).toMatchObject({
    code: 'COMPOSE_UNSUPPORTED',
    position: { line: 6 },
  });
});

describe('what is wrong in a file that is extended is refused there', () => {
  const extended = (lines: string) =>
    loadFiles({
      '/project/compose.yaml': 'services:\n  a:\n    extends: {file: base.yaml, service: base}\n',
      '/project/base.yaml': `services:\n  base:\n    image: x\n${lines.replace(/^/gm, '    ')}\n`,
    });

  test.each([
    ['depends_on: {b: x}', '4:21', 'services.base.depends_on.b: it must be a mapping. Current value is "x".'],
    [
      'ulimits: {nofile: many}',
      '4:23',
      'it must be an integer or a mapping, and is a string. Current value is "many".',
    ],
    ['ulimits: {nofile: [1]}', '4:23', 'it must be an integer or a mapping, and is a list. Current value is [1].'],
    ['volumes: [""]', '4:15', 'is expected. Current value is "".'],
    ['devices: ["a:b:c:d"]', '4:15', 'it has too many colons. Current value is "a:b:c:d".'],
  ])('%s', (lines, place, message) => {
    const error = errorOf(() => extended(lines));
    expect(error).toMatchObject({ code: 'COMPOSE_INVALID', message: expect.stringContaining(message) });
    expect(`${error.position?.file} ${error.position?.line}:${error.position?.column}`).toBe(
      `/project/base.yaml ${place}`,
    );
  });

  test('numbers in quotes are numbers there too', () => {
    expect(extended('ulimits: {nofile: "10"}').model.services['a']?.ulimits).toEqual({ nofile: 10 });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorOf, loadFiles, loadText, summary } from '../../test/support/compose-files.js';
import { loadComposeProject } from './index.js';

const one = 'services:\n  a:\n    image: redis\n';

test('the standard names are looked for in the current folder and those above it, with the override beside', () => {
  const files = {
    '/project/compose.yaml': one,
    '/project/compose.override.yaml': 'services:\n  a:\n    hostname: over\n',
    '/project/docker-compose.yml': 'not read',
  };
  const project = loadFiles(files, { cwd: '/project/deep/down' });
  expect(project.files).toEqual(['/project/compose.yaml', '/project/compose.override.yaml']);
  expect(project.directory).toBe('/project');
  expect(project.name).toBe('project');
  expect(project.model.services['a']).toMatchObject({ image: 'redis', hostname: 'over' });
  expect(project.warnings.map(({ code }) => code)).toEqual(['COMPOSE_SEVERAL_FILES']);
});

test('no file at all is an error that says what was looked for, and where', () => {
  const error = errorOf(() => loadFiles({}));
  expect(error).toMatchObject({
    code: 'COMPOSE_FILE_NOT_FOUND',
    hint: expect.stringContaining('docker-compose.yaml in /project, /'),
  });
});

test('every file that is named and not there is an error', () => {
  const error = errorOf(() => loadFiles({}, { files: ['a.yaml', 'b.yaml'] }));
  expect(error.errors.map(({ position }) => position?.file)).toEqual(['/project/a.yaml', '/project/b.yaml']);
});

test('COMPOSE_FILE names files, also from the .env file, with a separator of choice', () => {
  const files = {
    '/project/.env': 'COMPOSE_FILE=x.yaml;y.yaml\nCOMPOSE_PATH_SEPARATOR=;\n',
    '/project/x.yaml': one,
    '/project/y.yaml': 'services:\n  b:\n    image: b\n',
  };
  expect(Object.keys(loadFiles(files).model.services)).toEqual(['a', 'b']);
  expect(Object.keys(loadFiles(files, { environment: { COMPOSE_FILE: 'y.yaml' } }).model.services)).toEqual(['b']);
});

test('the environment stands above .env, and --env-file takes the place of .env', () => {
  const files = {
    '/project/compose.yaml': 'services:\n  a:\n    image: "$A-$B"\n',
    '/project/.env': 'A=dot\nB=$A\n',
    '/project/other.env': 'A=other\nB=file\n',
  };
  const image = (options: object) => loadFiles(files, options).model.services['a']?.image;
  expect(image({})).toBe('dot-dot');
  expect(image({ environment: { A: 'host' } })).toBe('host-host');
  expect(image({ envFiles: ['other.env'] })).toBe('other-file');
  expect(image({ environment: { COMPOSE_ENV_FILES: 'other.env,.env' } })).toBe('dot-dot');
  expect(errorOf(() => image({ envFiles: ['none.env'] })).code).toBe('COMPOSE_FILE_NOT_FOUND');
});

test('an error in an env file has its line', () => {
  const error = errorOf(() => loadFiles({ '/project/compose.yaml': one, '/project/.env': 'A=1\nB="2\n' }));
  expect(error).toMatchObject({ code: 'COMPOSE_SYNTAX', position: { file: '/project/.env', line: 2, column: 1 } });
});

test('the name comes from the option, COMPOSE_PROJECT_NAME, the file, the folder, in this order', () => {
  const text = `name: from-\${X}-file\n${one}`;
  const name = (options: object, content = text) => loadText(content, { environment: { X: 'The' }, ...options }).name;
  expect(name({ projectName: 'option', environment: { COMPOSE_PROJECT_NAME: 'env' } })).toBe('option');
  expect(name({ environment: { COMPOSE_PROJECT_NAME: 'env' } })).toBe('env');
  expect(name({})).toBe('from-the-file');
  expect(name({}, one)).toBe('project');
  expect(name({ projectDirectory: '/home/My App', files: ['compose.yaml'] }, one)).toBe('myapp');
  expect(errorOf(() => name({ projectName: 'No Way' })).code).toBe('COMPOSE_INVALID');
});

test('profiles switch services on, * all of them, COMPOSE_PROFILES too', () => {
  const text = 'services:\n  a: {image: a}\n  b: {image: b, profiles: [x]}\n  c: {image: c, profiles: [y]}\n';
  const services = (options: object) => Object.keys(loadText(text, options).model.services).join('');
  expect(services({})).toBe('a');
  expect(services({ profiles: ['x'] })).toBe('ab');
  expect(services({ profiles: ['x'], environment: { COMPOSE_PROFILES: 'z, y' } })).toBe('abc');
  expect(services({ profiles: ['*'] })).toBe('abc');
  expect(loadText(text).disabledServices).toEqual(['b', 'c']);
});

test('a dependency on a service of an inactive profile is an error that names the profile, unless it is optional', () => {
  const text = (required: boolean) =>
    `services:\n  a:\n    image: a\n    depends_on:\n      b: {condition: service_started, required: ${required}}\n  b: {image: b, profiles: [x]}\n`;
  const error = errorOf(() => loadText(text(true)));
  expect(error).toMatchObject({ code: 'COMPOSE_REFERENCE', hint: expect.stringContaining('profile x') });
  expect(error.position).toMatchObject({ line: 5, column: 7 });
  expect(Object.keys(loadText(text(false)).model.services)).toEqual(['a']);
});

test('all errors of a file are reported, each with its place', () => {
  const error = errorOf(() =>
    loadText(
      [
        'services:',
        '  web:',
        '    imagee: nginx',
        '    ports: 80',
        '    environment:',
        '      A: ${MUST:?say why}',
        '    deploy:',
        '      replicas: [1]',
        'netwroks: {}',
      ].join('\n'),
    ),
  );
  expect(summary(error)).toEqual([
    'COMPOSE_INTERPOLATION 6:10',
    'COMPOSE_UNKNOWN_KEY 3:5',
    'COMPOSE_INVALID 4:12',
    'COMPOSE_INVALID 8:17',
    'COMPOSE_UNKNOWN_KEY 9:1',
  ]);
  expect(error.message).toContain('5 errors');
  expect(error.errors[0]?.message).toContain('the required variable MUST has no value: say why');
  expect(error.errors.map(({ hint }) => hint)).toEqual(
    expect.arrayContaining(['Did you mean "image"?', 'Did you mean "networks"?']),
  );
});

test('the same errors are reported in the file where they stand', () => {
  const files = {
    '/project/compose.yaml': one,
    '/project/compose.override.yml': 'services:\n  a:\n    hostnam: b\n',
  };
  expect(errorOf(() => loadFiles(files))).toMatchObject({
    code: 'COMPOSE_UNKNOWN_KEY',
    position: { file: '/project/compose.override.yml', line: 3, column: 5 },
  });
});

test.each([
  ['a service', 'depends_on: [dd]', 'COMPOSE_REFERENCE 4:18', 'Did you mean "db"?'],
  ['a network', 'networks: [fron]', 'COMPOSE_REFERENCE 4:16', 'Did you mean "front"?'],
  ['a volume', 'volumes: ["date:/x"]', 'COMPOSE_REFERENCE 4:15', 'Did you mean "data"?'],
  ['a secret', 'secrets: [tokn]', 'COMPOSE_REFERENCE 4:15', 'Did you mean "token"?'],
  ['a config', 'configs: [cnf]', 'COMPOSE_REFERENCE 4:15', 'Did you mean "conf"?'],
  [
    'a service in network_mode',
    'network_mode: "service:x"',
    'COMPOSE_REFERENCE 4:5',
    'Define it under "services", or remove the reference.',
  ],
])('%s that is not defined is an error with its place and the nearest name', (_what, line, place, hint) => {
  const text = `services:\n  a:\n    image: a\n    ${line}\n  db: {image: db}\nnetworks: {front: }\nvolumes: {data: }\nsecrets: {token: {file: t}}\nconfigs: {conf: {file: c}}\n`;
  const error = errorOf(() => loadText(text));
  expect(summary(error)).toEqual([place]);
  expect(error.hint).toBe(hint);
});

test('a cycle of dependencies is shown as a path', () => {
  const error = errorOf(() =>
    loadText(
      'services:\n  a: {image: a, depends_on: [b]}\n  b: {image: b, links: [c]}\n  c: {image: c, depends_on: [b]}\n',
    ),
  );
  expect(error).toMatchObject({ code: 'COMPOSE_CYCLE', message: expect.stringContaining('b -> c -> b') });
  expect(error.position?.line).toBe(3);
});

test('a cycle of extends is shown as a path', () => {
  const error = errorOf(() =>
    loadText('services:\n  a: {extends: b}\n  b: {extends: {service: c}}\n  c: {extends: a}\n'),
  );
  expect(error).toMatchObject({ code: 'COMPOSE_CYCLE', message: expect.stringContaining('a -> b -> c -> a') });
});

test('services extend those of other files, whose paths start at their own folder', () => {
  const files = {
    '/project/compose.yaml':
      'services:\n  a:\n    extends: {service: base, file: sub/base.yaml}\n    environment: [B=2]\n',
    '/project/sub/base.yaml':
      'services:\n  base:\n    extends: {service: root, file: ../root.yaml}\n    volumes: ["./d:/d"]\n    environment: {A: 1}\n',
    '/project/root.yaml': 'services:\n  root:\n    image: "${IMAGE:-root}"\n    env_file: r.env\n',
    '/project/r.env': 'R=1\n',
  };
  expect(loadFiles(files).model.services['a']).toEqual({
    image: 'root',
    environment: { A: '1', B: '2', R: '1' },
    networks: { default: null },
    volumes: [{ type: 'bind', source: '/project/sub/d', target: '/d', bind: {} }],
  });
});

test('an extended service that is not there is an error with the nearest name', () => {
  const files = {
    '/project/compose.yaml': 'services:\n  a:\n    extends:\n      service: bsae\n      file: b.yaml\n',
    '/project/b.yaml': 'services:\n  base: {image: b}\n',
  };
  const error = errorOf(() => loadFiles(files));
  expect(error).toMatchObject({ code: 'COMPOSE_REFERENCE', hint: 'Did you mean "base"?' });
  expect(error.position).toEqual({ file: '/project/compose.yaml', line: 4, column: 7 });
});

test('included projects have their own folder and .env, and can be overridden', () => {
  const files = {
    '/project/compose.yaml':
      'include:\n  - sub/compose.yaml\n  - path: [other.yaml, other.over.yaml]\n    env_file: other.env\nservices:\n  a: {hostname: mine}\n',
    '/project/sub/compose.yaml':
      'services:\n  a: {image: "$TAG", volumes: ["./x:/x"]}\nsecrets:\n  s: {environment: TOKEN}\n',
    '/project/sub/.env': 'TAG=sub\nTOKEN=t\n',
    '/project/other.yaml': 'services:\n  o: {image: "$TAG"}\n',
    '/project/other.over.yaml': 'services:\n  o: {hostname: over}\n',
    '/project/other.env': 'TAG=other\n',
  };
  const project = loadFiles(files);
  expect(project.model.services['a']).toMatchObject({ image: 'sub', hostname: 'mine' });
  expect(project.model.services['a']?.volumes?.[0]?.source).toBe('/project/sub/x');
  expect(project.model.services['o']).toMatchObject({ image: 'other', hostname: 'over' });
  expect(project.contents.secrets).toEqual({ s: 't' });
});

test.each([
  ['a file that includes itself', 'include: [compose.yaml]\n', 'COMPOSE_CYCLE 1:11'],
  ['an included file that is not there', 'include:\n  - none.yaml\n', 'COMPOSE_FILE_NOT_FOUND 2:5'],
  [
    'an env file of an include that is not there',
    'include:\n  - {path: compose.yaml, env_file: none.env}\n',
    'COMPOSE_CYCLE 2:5',
  ],
  ['a file on another machine', 'include:\n  - oci://x/y\n', 'COMPOSE_UNSUPPORTED 2:5'],
  ['an include that is no list', 'include: {a: b}\n', 'COMPOSE_INVALID 1:10'],
])('%s is an error', (_what, text, expected) => {
  expect(summary(errorOf(() => loadText(text + one)))).toContain(expected);
});

test('env files are read in order, below environment, raw ones as they stand, optional ones only when there', () => {
  const files = {
    '/project/compose.yaml': [
      'services:',
      '  a:',
      '    image: a',
      '    env_file:',
      '      - one.env',
      '      - {path: two.env, format: raw}',
      '      - {path: none.env, required: false}',
      '    environment: {C: own, D: , HOST: }',
    ].join('\n'),
    '/project/one.env': 'A=1\nB="$A"\nC=file\n',
    '/project/two.env': 'B="$A"\n',
  };
  const { environment } = loadFiles(files, { environment: { HOST: 'h' } }).model.services['a'] ?? {};
  expect(environment).toEqual({ A: '1', B: '"$A"', C: 'own', D: null, HOST: 'h' });
});

test('an env file that is not there is an error at the entry that names it', () => {
  const error = errorOf(() => loadText('services:\n  a:\n    image: a\n    env_file:\n      - none.env\n'));
  expect(summary(error)).toEqual(['COMPOSE_FILE_NOT_FOUND 5:9']);
});

test('label files are read below labels', () => {
  const files = {
    '/project/compose.yaml': 'services:\n  a: {image: a, label_file: l, labels: {B: own}}\n',
    '/project/l': 'A=1\nB=2\n',
  };
  expect(loadFiles(files).model.services['a']?.labels).toEqual({ A: '1', B: 'own' });
});

test('numbers keep the text that they were written with where they stand for text', () => {
  const text =
    'services:\n  a:\n    image: a\n    environment: {A: 3.10, B: 1, C: true, D: 12345678901234567890}\n    labels: {V: 1.20}\n';
  const { environment, labels } = loadText(text).model.services['a'] ?? {};
  expect(environment).toEqual({ A: '3.10', B: '1', C: 'true', D: '12345678901234567890' });
  expect(labels).toEqual({ V: '1.20' });
});

test('a command of no words is kept, since it clears the one of the image', () => {
  const { a, b, c } = loadText(
    'services:\n  a: {image: a, command: ""}\n  b: {image: b, command: []}\n  c: {image: c, command: }\n',
  ).model.services;
  expect([a?.command, b?.command, c?.command]).toEqual([[], [], undefined]);
});

test('extensions are kept, those of services beside the model', () => {
  const project = loadText('x-top: {a: [1]}\nservices:\n  a: {image: a, x-own: {b: 3.10}}\n');
  expect(project.model['x-top']).toEqual({ a: [1] });
  expect(project.extensionsOf('a')).toEqual({ 'x-own': { b: 3.1 } });
  expect(project.model.services['a']).not.toHaveProperty('x-own');
});

test('the place of a value of the model is found, of a variable in a list too', () => {
  const project = loadText(
    'services:\n  a:\n    image: a\n    environment:\n      - A=1\n      - B=2\n    ports:\n      - "80"\n',
  );
  const at = (...path: (string | number)[]) => {
    const { line, column } = project.positionOf(path) ?? {};
    return `${line}:${column}`;
  };
  expect(at('services', 'a', 'environment', 'B')).toBe('6:9');
  expect(at('services', 'a', 'ports', 0, 'target')).toBe('8:9');
  expect(at('services', 'a', 'nothing')).toBe('2:3');
});

test('variables without a value are warned of, each with its place', () => {
  const { warnings } = loadText('version: "3"\nservices:\n  a:\n    image: "a:$NOPE"\n');
  expect(warnings).toEqual([
    {
      code: 'COMPOSE_VARIABLE_UNSET',
      message: expect.stringContaining('NOPE'),
      position: expect.objectContaining({ line: 4, column: 12 }),
    },
    { code: 'COMPOSE_VERSION', message: expect.any(String), position: expect.objectContaining({ line: 1, column: 1 }) },
  ]);
});

test('files are read from this machine where no other file system is given', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-compose-'));
  try {
    mkdirSync(join(folder, 'compose.yaml'));
    writeFileSync(join(folder, 'compose.yml'), one);
    writeFileSync(join(folder, '.env'), 'COMPOSE_PROJECT_NAME=here\n');
    const project = loadComposeProject({ cwd: folder, environment: {} });
    expect([project.name, project.files]).toEqual(['here', [join(folder, 'compose.yml')]]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an included project may have another folder, and no env file at all', () => {
  const text = (include: string) => `include:\n  - {path: sub/c.yaml, ${include}}\nservices: {a: {image: a}}\n`;
  const files = (include: string) => ({
    '/project/compose.yaml': text(include),
    '/project/sub/c.yaml': 'services: {b: {image: "b$' + '{V}", build: .}}\n',
    '/project/sub/.env': 'V=1\n',
    '/project/other/.env': 'V=2\n',
  });
  const b = (include: string) => loadFiles(files(include)).model.services['b'];
  expect(b('project_directory: ""')).toMatchObject({ image: 'b1', build: { context: '/project/sub' } });
  expect(b('project_directory: other')).toMatchObject({ image: 'b2', build: { context: '/project/other' } });
  expect(b('env_file: /dev/null')).toMatchObject({ image: 'b' });
  expect(errorOf(() => b('env_file: none.env'))).toMatchObject({
    code: 'COMPOSE_FILE_NOT_FOUND',
    position: { line: 2 },
  });
});

test('paths may begin at the home folder, lie elsewhere, and end with a slash', () => {
  const lines =
    'image: x\nbuild: {context: ~/src, additional_contexts: {a: "docker-image://x", b: sub/}, ssh: [default, k=~/key]}\nvolumes: ["~/data:/d"]';
  const text = `services:\n  a:\n${lines.replace(/^/gm, '    ')}\n`;
  expect(loadText(text, { environment: { HOME: '/home/me' } }).model.services['a']).toMatchObject({
    build: {
      context: '/home/me/src',
      additional_contexts: { a: 'docker-image://x', b: '/project/sub' },
      ssh: ['default', 'k=/home/me/key'],
    },
    volumes: [{ source: '/home/me/data' }],
  });
});

test('what a service uses of another one makes it wait for that', () => {
  const lines = 'image: x\nlinks: ["b:database", c]\nvolumes_from: ["d:ro", "container:old"]\nipc: service:e';
  const others = ['b', 'c', 'd', 'e'].map((name) => `  ${name}: {image: x}\n`).join('');
  const text = `services:\n${others}  a:\n${lines.replace(/^/gm, '    ')}\n`;
  const dependencies = loadText(text).model.services['a']?.depends_on;
  expect(Object.keys(dependencies ?? {}).sort()).toEqual(['b', 'c', 'd', 'e']);
  expect(dependencies).toMatchObject({ b: { restart: true }, e: { restart: true } });
});

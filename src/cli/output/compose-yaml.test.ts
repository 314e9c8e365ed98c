import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadFiles, loadText } from '../../../test/support/compose-files.js';
import { describeWithConformance } from '../../../test/support/conformance.js';
import { type ComposeProject, loadComposeProject } from '../../compose/index.js';
import { PortsideError } from '../../model/index.js';
import { composeNames, composeYaml } from './compose-yaml.js';

describe('composeYaml', () => {
  test('puts the name first, then the sections, with sorted keys', () => {
    const yaml = composeYaml(loadText('services: {b: {image: web}, a: {ports: ["80"], image: web}}\nname: shop\n'));
    expect(yaml.split('\n').filter((line) => /^ {0,4}\w/.test(line))).toEqual([
      'name: shop',
      'services:',
      '  a:',
      '    image: web',
      '    networks:',
      '    ports:',
      '  b:',
      '    image: web',
      '    networks:',
      'networks:',
      '  default:',
      '    ipam: {}',
      '    name: shop_default',
    ]);
  });

  test('quotes what a YAML 1.1 reader would take for something else', () => {
    const yaml = composeYaml(loadText('services: {a: {image: x, environment: {A: "yes", B: "22:22", C: "0x10"}}}\n'));
    expect(yaml).toContain('A: "yes"');
    expect(yaml).toContain('B: "22:22"');
    expect(yaml).toContain('C: "0x10"');
  });

  test('doubles dollar signs and keeps x- keys, so that it loads again as the same', () => {
    const first = loadText(
      'services: {a: {image: x, command: "echo $$HOME", x-portside: {kind: http}}}\nx-more: [1]\n',
    );
    const yaml = composeYaml(first);
    expect(yaml).toContain('$$HOME');
    const second = loadText(yaml);
    expect(second.model).toEqual(first.model);
    expect(second.extensionsOf('a')).toEqual({ 'x-portside': { kind: 'http' } });
  });
});

describe('composeNames', () => {
  test('lists services, profiles, images and volumes, sorted and once each', () => {
    const { model } = loadText(
      'services: {b: {image: y, profiles: [p]}, a: {image: y, volumes: ["v:/v"], profiles: [p, o]}}\nvolumes: {v: }\n',
      { profiles: ['*'] },
    );
    expect(composeNames(model)).toEqual({ services: ['a', 'b'], profiles: ['o', 'p'], images: ['y'], volumes: ['v'] });
  });
});

interface Case {
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly error?: string;
}

describeWithConformance('what composeYaml writes loads again as the same model', (folder) => {
  test('for every inline conformance case', () => {
    const { cases } = JSON.parse(readFileSync(join(folder, 'compose-go.inline.json'), 'utf8')) as {
      cases: readonly Case[];
    };
    const loaded = cases.flatMap(({ files, env }) => loadedOf(files, env) ?? []);
    expect(loaded.length).toBeGreaterThan(50);
    for (const first of loaded) {
      const second = loadFiles({ '/project/compose.yaml': composeYaml(first) }, { profiles: ['*'] });
      expect(second.model).toEqual(first.model);
    }
  });

  test('for every sample stack', () => {
    const { cases } = JSON.parse(readFileSync(join(folder, 'awesome-compose.expected.json'), 'utf8'));
    expect(cases.length).toBeGreaterThan(20);
    for (const { file, env } of cases) {
      const path = join(folder, 'awesome-compose', file);
      const first = loadComposeProject({
        files: [path],
        cwd: folder,
        environment: { HOME: '/home/user', ...env },
      });
      expect(loadText(composeYaml(first)).model).toEqual(first.model);
    }
  });
});

/** Loads a case's files; `undefined` for a case that is an error. */
function loadedOf(files: Case['files'], env: Case['env']): ComposeProject | undefined {
  const texts = Object.fromEntries(files.map((text, index) => [`/project/compose.${index}.yaml`, text]));
  try {
    return loadFiles(texts, {
      files: Object.keys(texts),
      environment: { HOME: '/home/user', ...env },
      profiles: ['*'],
    });
  } catch (error) {
    if (PortsideError.is(error)) return undefined;
    throw error;
  }
}

import { expect, test } from 'vitest';
import { defineKind } from './define-kind.js';
import { resolveSpec } from './resolve.js';

const search = defineKind({ name: 'search', port: 9200, image: 'opensearch:2' });

test('a kind makes services with its image and its port', () => {
  const service = resolveSpec(
    'index',
    search({ user: 'admin', needs: ['db'], isolation: 'none' }),
    '/shop/portside.config.ts',
  );
  expect(service).toMatchObject({
    name: 'index',
    kind: 'tcp',
    custom: search.definition,
    image: 'opensearch:2',
    ports: [{ target: 9200, protocol: 'tcp' }],
    credentials: { user: 'admin' },
    dependsOn: [{ service: 'db', condition: 'service_healthy' }],
    lease: { isolation: 'none' },
  });
});

test('a service of a kind may have another image and port', () => {
  const service = resolveSpec('index', search({ image: 'elasticsearch:9', port: 9300 }), '/shop/portside.config.ts');
  expect(service).toMatchObject({ image: 'elasticsearch:9', ports: [{ target: 9300 }] });
});

test.each(['postgres', 'tcp', '', 'Search', 'a b', '-a'])('a kind cannot be called %j', (name) => {
  expect(() => defineKind({ ...search.definition, name })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`Current value is '${name}'.`),
    }),
  );
});

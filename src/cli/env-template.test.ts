import { expect, test } from 'vitest';
import type { Endpoint, PostgresEndpoint } from '../model/index.js';
import { fillEnvTemplate, parseEnvTemplate } from './env-template.js';

const services = [
  { name: 'postgres-primary', kind: 'postgres', ports: [5432, 9187] },
  { name: 'api', kind: 'http' },
  { name: 'job', kind: 'worker' },
  { name: 'api.v2', kind: 'http' },
];

const database: PostgresEndpoint = {
  id: '1',
  name: 'postgres-primary',
  kind: 'postgres',
  host: '127.0.0.1',
  port: 30001,
  protocol: 'postgresql',
  url: 'postgresql://u:p@127.0.0.1:30001/d',
  metadata: {},
  status: 'healthy',
  registeredAt: 0,
  lastHeartbeat: 0,
  user: 'u',
  password: 'p',
  database: 'd',
  ports: [
    { target: 5432, protocol: 'tcp', host: '127.0.0.1', port: 30001 },
    { target: 9187, protocol: 'tcp', host: '127.0.0.1', port: 30002 },
  ],
};

function filled(text: string, endpoints: readonly Endpoint[] = [database]): string {
  return fillEnvTemplate(parseEnvTemplate(text, services), endpoints);
}

test('a template takes fields of endpoints between plain text', () => {
  expect(filled('A={postgres-primary.port}')).toBe('30001');
  expect(filled('A=x {postgres-primary.user}@{postgres-primary.host}=y')).toBe('x u@127.0.0.1=y');
  expect(filled('A={postgres-primary.ports.9187}')).toBe('30002');
  expect(filled('A={postgres-primary.version}')).toBe('');
});

test('a template leaves other braces alone', () => {
  expect(filled('A={"a": {"b": 1}}')).toBe('{"a": {"b": 1}');
  expect(filled('A={{postgres-primary.port}}')).toBe('{postgres-primary.port}');
  expect(filled('A=')).toBe('');
  expect(parseEnvTemplate('A={api.v2.port}', services).parts).toContainEqual({ service: 'api.v2', field: 'port' });
});

test('a template that is no variable is a usage error', () => {
  expect(() => filled('1A=x')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  expect(() => filled('A')).toThrow(/'--env A' is no variable/);
});

test('an unknown service or field is a usage error that names the nearest', () => {
  expect(() => filled('A={postgres-primry.port}')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      hint: "Did you mean 'postgres-primary'? Known services: postgres-primary, api, api.v2.",
    }),
  );
  expect(() => filled('A={postgres-primary.prot}')).toThrow(
    expect.objectContaining({ hint: expect.stringMatching(/^Did you mean 'port'\?/) }),
  );
  expect(() => filled('A={api}')).toThrow(/no field of 'api'/);
  expect(() => filled('A={job.port}')).toThrow(/has no port/);
});

test('a port that the service does not have is a usage error that names those it has', () => {
  expect(() => filled('A={postgres-primary.ports.5433}')).toThrow(
    expect.objectContaining({
      code: 'USAGE',
      message: expect.stringContaining("names the port 5433 of 'postgres-primary'"),
      hint: "Did you mean 'ports.5432'? Known ports: 5432, 9187.",
    }),
  );
});

test('a template is empty for what has no address, and says so when nothing has one', () => {
  expect(filled('A={api.url}', [])).toBe('');
  expect(filled('A={api.ports.1}')).toBe('');
  expect(() => parseEnvTemplate('A={x}', [{ name: 'job', kind: 'worker' }])).toThrow(
    expect.objectContaining({ hint: 'Known services: none.' }),
  );
  expect(() => parseEnvTemplate('A={own.nothing}', [{ name: 'own', kind: 'own' }])).toThrow(/'nothing' of 'own'/);
});

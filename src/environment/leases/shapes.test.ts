import { expect, test } from 'vitest';
import type { Isolator } from '../../isolation/index.js';
import type { PlannedService } from '../../model/index.js';
import { Shapes } from './shapes.js';

const needs: Readonly<Record<string, readonly string[]>> = { api: ['teller', 'db'], teller: ['api', 'db'] };
const services = [
  { name: 'api', definition: { kind: 'http', replicas: 1 } },
  { name: 'db', definition: { kind: 'postgres', replicas: 1 } },
  { name: 'teller', definition: { kind: 'http', replicas: 1 } },
] as unknown as readonly PlannedService[];

test('a shape has what a copy is wired to before the copy, also when two are wired to each other', () => {
  const shapes = new Shapes(services, (service) => ({ needs: needs[service] }) as unknown as Isolator);
  expect([...shapes.of(['api'])]).toEqual([
    ['db', 'database'],
    ['teller', 'copy'],
    ['api', 'copy'],
  ]);
});

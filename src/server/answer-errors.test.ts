import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { PortsideError } from '../model/index.js';
import { answerErrors, errorShown } from './answer-errors.js';

function serve(thrown?: unknown) {
  const server = fastify({ bodyLimit: 10 });
  answerErrors(server);
  server.post('/', async () => {
    throw thrown;
  });
  onTestFinished(() => server.close());
  return async (payload: string, url = '/') => {
    const headers = { 'content-type': 'application/json' };
    const { statusCode, body } = await server.inject({ method: 'POST', url, headers, payload });
    const { code, message, hint } = JSON.parse(body).error;
    return { status: statusCode, code, message, hint };
  };
}

test('a defect of portside is INTERNAL, says so, and asks to be reported', async () => {
  expect(await serve(new TypeError('x is not a function'))('{}')).toEqual({
    status: 500,
    code: 'INTERNAL',
    message: 'Cannot answer the request: x is not a function',
    hint: expect.stringContaining('please report it'),
  });
  expect(errorShown(new Error('broken')).code).toBe('INTERNAL');
});

test.each([
  ['no JSON', '{', '/', 400],
  ['a body that is too large', `"${'x'.repeat(20)}"`, '/', 413],
  ['a route that there is none of', '{}', '/nowhere', 404],
])('%s is a fault of the request', async (_, body, url, status) => {
  expect(await serve()(body, url)).toMatchObject({ status, code: 'USAGE' });
});

test('an error of portside has the status of its code', async () => {
  expect(await serve(new PortsideError('REGISTRY_CONFLICT', 'Taken.'))('{}')).toMatchObject({
    status: 409,
    code: 'REGISTRY_CONFLICT',
    message: 'Taken.',
  });
});

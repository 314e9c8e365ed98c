import type Docker from 'dockerode';
import { describe, expect, it } from 'vitest';
import { imageFacts } from './image-facts.js';

const facts = (reference: string, config: object | null = {}) =>
  imageFacts(reference, { Id: 'sha256:1', Config: config } as unknown as Docker.ImageInspectInfo);

describe('imageFacts', () => {
  it('reads the program, its variables, volumes and user', () => {
    expect(
      facts('x', {
        Entrypoint: 'run',
        Cmd: ['a', 'b'],
        Env: ['A=1=2', 'B'],
        Volumes: { '/data': {} },
        User: '999',
        Healthcheck: { Test: ['CMD', 'ok'] },
      }),
    ).toEqual({
      reference: 'x',
      id: 'sha256:1',
      entrypoint: ['run'],
      command: ['a', 'b'],
      environment: { A: '1=2', B: '' },
      volumes: ['/data'],
      user: '999',
      hasHealthcheck: true,
    });
  });

  it('knows an image that says nothing of itself', () => {
    const nothing = { entrypoint: [], command: [], environment: {}, volumes: [], user: '', hasHealthcheck: false };
    expect(facts('x', null)).toMatchObject(nothing);
    expect(facts('x', { Entrypoint: null, Cmd: null, Healthcheck: { Test: ['NONE'] } })).toMatchObject(nothing);
  });

  it.each([
    ['postgres:latest', ['PG_VERSION=16.4-1.pgdg120+1'], '16.4'],
    ['custom', ['REDIS_VERSION=7.2.5'], '7.2.5'],
    ['redis:7-alpine', [], '7'],
    ['registry:5000/team/app:v2.1@sha256:abc', [], '2.1'],
    ['registry:5000/app', [], undefined],
    ['app:latest', ['PG_VERSION=none'], undefined],
  ])('finds the version of %s with %j', (reference, env, version) => {
    expect(facts(reference, { Env: env }).version).toBe(version);
  });
});

import { describe, expect, it } from 'vitest';
import { baseImages } from './build-bases.js';

describe('baseImages', () => {
  it('lists the images of all stages once, without stages, scratch and names with arguments', () => {
    const dockerfile = `
      ARG TAG=1
      FROM --platform=linux/amd64 registry.example/team/base:1 AS build
      RUN echo FROM nowhere
      from node:20
      FROM app:\${TAG}
      FROM node:20 AS again
      FROM build
      FROM scratch
    `;
    expect(baseImages(dockerfile)).toEqual(['registry.example/team/base:1', 'node:20']);
  });
});

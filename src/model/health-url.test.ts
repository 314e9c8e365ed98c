import { expect, it } from 'vitest';
import { isHealthUrl } from './health-url.js';

it.each([
  'http://127.0.0.1:8080/health',
  'https://example.test',
  'tcp://127.0.0.1:5432',
  'tcp://[::1]:5432',
  'grpc://orders:50051',
  'grpcs://orders:50051/shop.Orders',
])('%s is the address of a health check', (text) => {
  expect(isHealthUrl(text)).toBe(true);
});

it.each([
  '',
  'health',
  '/health',
  'ftp://example.test',
  'file:///etc/passwd',
  'tcp://127.0.0.1',
  'grpc:50051',
  'grpc://orders',
  'grpc://orders:50051/%zz',
  'grpcs://orders:50051/100%',
])('%j is not', (text) => {
  expect(isHealthUrl(text)).toBe(false);
});

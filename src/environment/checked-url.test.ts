import { expect, it } from 'vitest';
import { checkedUrl } from './checked-url.js';

const shell = (line: string) => ['/bin/sh', '-c', line];
const own = { port: 8080, path: '/health' };

it.each([
  [['curl', '-f', 'http://localhost:8080/health']],
  [['/usr/bin/curl', '-fsS', '--max-time', '5', 'http://127.0.0.1:8080/health']],
  [shell('curl -f http://localhost:8080/health || exit 1')],
  [shell('curl --fail --silent -o /dev/null "http://localhost:8080/health" >/dev/null 2>&1 || exit 1')],
  [shell("curl -sf 'http://localhost:8080/health' || false")],
  [shell('curl -fL --retry 3 --retry-connrefused http://localhost:8080/health > /dev/null')],
  [['wget', '--spider', '-q', 'http://localhost:8080/health']],
  [shell('wget --no-verbose --tries=1 --spider http://0.0.0.0:8080/health || exit 1')],
  [shell('wget -qO- http://[::1]:8080/health &> /dev/null || exit 1')],
  [['wget', '-q', '-O', '/dev/null', 'http://localhost:8080/health']],
  [['node', '-e', "fetch('http://127.0.0.1:8080/health').then((r) => process.exit(r.ok ? 0 : 1))"]],
  [shell(`node -e "fetch('http://localhost:8080/health').then(r=>{if(!r.ok)throw 1})"`)],
  [
    [
      'node',
      '-e',
      'require("http").get("http://localhost:8080/health", (r) => process.exit(r.statusCode === 200 ? 0 : 1))',
    ],
  ],
])('%j asks by a plain GET', (command) => {
  expect(checkedUrl(command)).toEqual(own);
});

it.each([
  ['curl', '-f', 'http://localhost/', { port: 80, path: '/' }],
  ['curl', '-f', 'http://localhost:3000', { port: 3000, path: '/' }],
] as const)('takes the usual port and path: %s %s %s', (...words) => {
  expect(checkedUrl(words.slice(0, 3) as string[])).toEqual(words[3]);
});

it.each([
  [['curl', '-s', 'http://localhost:8080/health']],
  [shell('curl -s -f -u elastic:changeme http://localhost:9200/_cluster/health || exit 1')],
  [shell('curl -f -H "Authorization: Bearer x" http://localhost:8080/health')],
  [['curl', '-fXPOST', '-d', '{}', 'http://localhost:8080/graphql']],
  [['curl', '-f', '--header', 'Host: shop.test', 'http://localhost:8080/health']],
  [shell(`curl -sf http://localhost:4566/_localstack/health | grep -q '"s3": "available"'`)],
  [shell('curl -f http://localhost:8080/health && test -f /tmp/migrated')],
  [shell('curl -f http://localhost:8080/health; test -f /tmp/migrated')],
  [shell('curl -f http://localhost:8080/a http://localhost:8080/b')],
  [shell('curl -f http://localhost:$PORT/health')],
  [shell('wget -qO- http://localhost:8080/health | grep ok')],
  [['wget', '-q', '--header', 'X: y', 'http://localhost:8080/health']],
  [['wget', '-q', '--post-data', 'a=b', 'http://localhost:8080/health']],
  [['curl', '-f', 'https://localhost:8443/health']],
  [['curl', '-f', 'http://other:8080/health']],
  [['node', '-e', "fetch('http://localhost:8080/', { method: 'POST' }).then((r) => process.exit(r.ok ? 0 : 1))"]],
  [['node', '-e', "fetch('http://localhost:8080/').then((r) => r.json()).then((j) => process.exit(j.ok ? 0 : 1))"]],
  [['node', '-e', "Promise.all([fetch('http://localhost:8080/'), fetch('http://localhost:8080/b')])"]],
  [['true']],
  [undefined],
])('%j is to be run as it stands', (command) => {
  expect(checkedUrl(command)).toBeUndefined();
});

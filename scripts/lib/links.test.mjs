import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { anchorsOf, linkProblem, relativeLinks, unreachableDocuments } from './links.mjs';

function project(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'portside-links-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'docs/decisions'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

test('relativeLinks() leaves out addresses and code', () => {
  const text = 'See [a](a.md), [b](https://b.test), `[c](c.md)`.\n\n```ts\n[d](d.md)\n```\n\n[e](#e)\n';
  expect(relativeLinks(text)).toEqual(['a.md', '#e']);
});

test('anchorsOf() gives the names of headings and of places', () => {
  const text = '# Set up, `now`\n## A [link](to.md)\n## A link\n```\n# no heading\n```\n<a id="here"></a>\n';
  expect(anchorsOf(text)).toEqual(['set-up-now', 'a-link', 'a-link-1', 'here']);
});

test('linkProblem() tells of files and places that are not there', () => {
  const folder = project({ 'README.md': '# Top\n', 'docs/a.md': '# A\n' });
  const problem = (link) => linkProblem(folder, 'docs/a.md', link);
  expect([problem('../README.md#top'), problem('#a'), problem('decisions')]).toEqual([undefined, undefined, undefined]);
  expect(problem('b.md')).toBe('docs/a.md: b.md leads to no file');
  expect(problem('../README.md#a')).toBe('docs/a.md: ../README.md#a leads to no place of that name');
});

test('unreachableDocuments() follows links from page to page and into folders', () => {
  const folder = project({
    'README.md': '[a](docs/a.md)',
    'docs/a.md': '[why](decisions)',
    'docs/b.md': '[a](a.md)',
    'docs/decisions/001.md': '',
  });
  expect(unreachableDocuments(folder)).toEqual([path.join('docs', 'b.md')]);
});

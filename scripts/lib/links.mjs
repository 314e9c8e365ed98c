import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The relative links of a Markdown text, as written; what stands in code is none. */
export function relativeLinks(text) {
  const prose = text.replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1\s*$/gm, '').replaceAll(/(`+)[^`][\s\S]*?\1(?!`)/g, 'code');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target).filter((to) => !/^[a-z]+:/i.test(to));
}

/** The names by which places of a Markdown text can be linked to: those of its headings, as GitHub makes them, and its own. */
export function anchorsOf(text) {
  const seen = new Map();
  const prose = text.replaceAll(/^(```+)[^\n]*\n[\s\S]*?^\1\s*$/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading]) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    const times = seen.get(anchor) ?? 0;
    seen.set(anchor, times + 1);
    return times === 0 ? anchor : `${anchor}-${times}`;
  });
  return [...headings, ...[...prose.matchAll(/<a id="([^"]*)">/g)].map(([, anchor]) => anchor)];
}

/** What keeps a link of a file from leading somewhere; `undefined` when nothing does. Paths start from `root`. */
export function linkProblem(root, file, link) {
  const [target = '', anchor] = link.split('#');
  const to = target === '' ? path.join(root, file) : path.resolve(root, path.dirname(file), decodeURI(target));
  if (!existsSync(to)) return `${file}: ${link} leads to no file`;
  if (anchor === undefined) return undefined;
  const known = statSync(to).isFile() && to.endsWith('.md') ? anchorsOf(readFileSync(to, 'utf8')) : [];
  return known.includes(anchor) ? undefined : `${file}: ${link} leads to no place of that name`;
}

/** The Markdown files of a project that people read, from its root. */
export function documents(root) {
  const inDocs = readdirSync(path.join(root, 'docs'), { recursive: true }).map((name) => path.join('docs', name));
  const all = [...readdirSync(root), ...inDocs];
  return all.filter((name) => name.endsWith('.md')).sort();
}

/** The documents that cannot be reached from README.md by links; a link to a folder reaches what lies in it. */
export function unreachableDocuments(root) {
  const all = documents(root);
  const reached = new Set(['README.md']);
  for (const file of reached) {
    for (const link of relativeLinks(readFileSync(path.join(root, file), 'utf8'))) {
      const to = path.join(path.dirname(file), link.split('#')[0]);
      for (const document of all) {
        if (document === to || path.dirname(document) === to.replace(/\/$/, '')) reached.add(document);
      }
    }
  }
  return all.filter((document) => !reached.has(document));
}

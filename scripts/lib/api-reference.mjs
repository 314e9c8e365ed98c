import { readFileSync } from 'node:fs';
import path from 'node:path';
import { declarationsOf } from './declarations.mjs';

/**
 * Makes the pages of the API reference, `Map` of file name to text, from the declarations of a build: for each entry of the
 * `exports` of package.json what it exports, with its docstrings. What several entries export stands on the page of the first.
 */
export function apiReference({ exports, dist }) {
  const places = new Map();
  const pages = new Map();
  for (const [entry, target] of Object.entries(exports)) {
    const types = target.types ?? target.import?.types;
    if (types === undefined) continue;
    const page = `${entry === '.' ? 'portside' : entry.split('/')[1]}.md`;
    const module = path.join(dist, path.relative('dist', types));
    pages.set(page, [...(pages.get(page) ?? []), section(entry, page, declarationsOf(module, read), places)]);
  }
  const texts = [...pages].map(([page, sections]) => [page, `${note}\n${sections.map(({ text }) => text).join('\n')}`]);
  return new Map([['README.md', contents(pages)], ...texts]);
}

const note = '<!-- Made by "npm run docs:api" from the docstrings of the source. -->\n';

function read(file) {
  return readFileSync(file, 'utf8');
}

/** One entry of the package: values first, then types, then what comes from elsewhere. */
function section(entry, page, { own, foreign }, places) {
  const name = entry === '.' ? 'portside' : `portside/${entry.slice(2)}`;
  const isAlias = ({ id, name }) => !id.endsWith(`#${name}`);
  const sorted = own.toSorted(
    (a, b) => a.isType - b.isType || isAlias(a) - isAlias(b) || a.name.localeCompare(b.name, 'en'),
  );
  const parts = sorted.map((exported) => {
    const earlier = places.get(exported.id);
    if (earlier !== undefined) return { ...exported, ...earlier, text: undefined };
    const anchor = `${name} ${exported.name}`.toLowerCase().replaceAll(/[^\w-]+/g, '-');
    places.set(exported.id, { page, anchor });
    return {
      ...exported,
      page,
      anchor,
      text: `<a id="${anchor}"></a>\n\n### ${exported.name}\n\n${described(exported)}`,
    };
  });
  const here = parts.filter(({ text }) => text !== undefined).map(({ text }) => text);
  const elsewhere = parts.filter(({ text }) => text === undefined).map(linkTo);
  const lines = [
    `# ${name}\n`,
    ...here,
    ...(elsewhere.length === 0 ? [] : [`Described under another name or entry: ${elsewhere.join(', ')}.\n`]),
    ...[...foreign].map(
      ([from, names]) => `From \`${from}\`, as it is there: ${names.map((each) => `\`${each}\``).join(', ')}.\n`,
    ),
  ];
  return { name, parts, text: lines.join('\n') };
}

function described({ documentation, code }) {
  return `${documentation === '' ? '' : `${documentation}\n\n`}\`\`\`ts\n${code}\n\`\`\`\n`;
}

function linkTo({ name, page, anchor }) {
  return `[${name}](${page}#${anchor})`;
}

/** The page that leads to the others. */
function contents(pages) {
  const rows = [...pages].flatMap(([page, sections]) =>
    sections.map(({ name, parts }) => {
      const links = parts.map(linkTo).join(', ');
      return `| [${name}](${page}) | ${links === '' ? 'a module that runners load by its name' : links} |`;
    }),
  );
  return `${note}
# API reference

What the entries of the package export, with the docstrings of the source. How the parts are used stands in the [user guide](../user-guide.md)
and the pages that it leads to.

| entry | exports |
|---|---|
${rows.join('\n')}
`;
}

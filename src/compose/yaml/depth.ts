import type { CST } from 'yaml';

/** Gives the offset of the first token that is nested deeper than a limit, without recursion; `undefined` if none is. */
export function findTooDeep(tokens: readonly CST.Token[], limit: number): number | undefined {
  const open: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > limit) return token.offset;
    for (const inner of partsOf(token)) open.push({ token: inner, depth: depth + 1 });
  }
  return undefined;
}

function partsOf(token: CST.Token): CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter((part) => part !== undefined && part !== null));
}

const factors: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4, p: 1024 ** 5 };

/** Reads a size such as `64m`, `1.5 GiB` or `-1` as bytes; gives `undefined` when the text is no size. */
export function parseBytes(text: string): number | undefined {
  if (/^[-+]?[0-9]+$/.test(text)) return Number(text);
  const [, amount, unit = ''] = /^([0-9]*\.?[0-9]*)(?: ?([a-zA-Z]{1,3}))?$/.exec(text) ?? [];
  if (amount === undefined || amount === '' || amount === '.') return undefined;
  const [, letter, rest] = /^([kmgtp])(|b|ib)$/.exec(unit.toLowerCase()) ?? [];
  if (letter === undefined || rest === undefined) {
    return unit === '' || unit.toLowerCase() === 'b' ? Math.trunc(Number(amount)) : undefined;
  }
  return Math.trunc(Number(amount) * (factors[letter] ?? 1));
}

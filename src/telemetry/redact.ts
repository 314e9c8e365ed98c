const mask = '[redacted]';
const secretKey = /passw(?:or)?d|secret|token|authorization/i;
const secretOption = /^--?(?:requirepass|masterauth|(?:[\w-]+-)?(?:password|token|secret))$/i;

/** What a secret looks like inside a text; the first group is kept. */
const secretTexts: readonly RegExp[] = [
  // postgresql://user:PASSWORD@host
  /\b([a-z][a-z0-9+.-]*:\/\/[^\s:@/]*:)[^\s/]+(?=@)/gi,
  // POSTGRES_PASSWORD=PASSWORD
  /\b(\w*(?:PASSWORD|PASSWD|SECRET|TOKEN)=)(?:"[^"]*"|'[^']*'|[^\s,;"']+)/gi,
  /(requirepass\s+)\S+/gi,
  /(Bearer\s+)[\w.~+/=-]+/gi,
];

/** Gives plain data without the passwords and tokens in it, whether keys, texts or command lines hold them (D11). */
export function redact(value: unknown): unknown {
  if (typeof value === 'string')
    return secretTexts.reduce((text, pattern) => text.replace(pattern, `$1${mask}`), value);
  if (Array.isArray(value)) return value.map((part, index) => (followsOption(value, index) ? mask : redact(part)));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      secretKey.test(key) && (typeof part === 'string' || typeof part === 'number') ? mask : redact(part),
    ]),
  );
}

function followsOption(words: readonly unknown[], index: number): boolean {
  const before = words[index - 1];
  return typeof before === 'string' && secretOption.test(before);
}

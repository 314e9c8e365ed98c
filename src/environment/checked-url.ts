/** The port and path that an HTTP check asks for on the service itself. */
export interface CheckedUrl {
  readonly port: number;
  readonly path: string;
}

const url = /^http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/\S*)?$/;

/** Options that change nothing of what is asked, and nothing of what counts as an answer; some have a value. */
const plainCurl =
  /^(-[sSfLkvi4]+|--(fail|silent|show-error|location|insecure|verbose|no-progress-meter|include|ipv4)|(-[sSfLkvi4]*[om]|--(output|max-time|connect-timeout|retry|retry-delay|retry-max-time))(=\S+)?|-m\d+|--retry-(connrefused|all-errors))$/;
const plainWget =
  /^(-q|-nv|-S|--(spider|quiet|no-verbose|server-response|no-check-certificate)|(-q?O-?|-[Tt]|--(tries|timeout|output-document))(=?\S+)?|-q?O\/dev\/null)$/;
const fails = /^(--fail|-[a-zA-Z0-9]*f[a-zA-Z0-9]*)$/;

/** Code that asks with one call, and looks at nothing but the status: `fetch(url)`, `http.get(url, ...)`, `require('http').get(url, ...)`. */
const call =
  /\b(?:fetch|http(?:['"]\))?\.get)\(\s*['"`](http:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])[^'"`\s]*)['"`]\s*(?:\)|,\s*(?:\(?\w*\)?\s*=>|function\b))/;

/**
 * Gives what a health check with `curl -f`, `wget` or a program's `fetch` asks for, when a GET from outside that looks at the status is the
 * same; `undefined` for all that has more to it: headers, a login, another method, a pipe, a second command.
 */
export function checkedUrl(command: readonly string[] | undefined): CheckedUrl | undefined {
  const [program = '', ...words] = plainWords(command ?? []);
  const name = program.split('/').at(-1);
  if (name === 'curl' && words.some((word) => fails.test(word))) return onlyUrl(words, plainCurl);
  if (name === 'wget') return onlyUrl(words, plainWget);
  const code = (command ?? []).join(' ');
  const [, address = ''] = call.exec(code) ?? [];
  const looksFurther = /\.(json|text|body|headers)\b|\bon\(\s*['"`]data|\b(headers|method)\s*:/.test(code);
  return looksFurther || code.split(/\b(?:fetch|http(?:['"]\))?\.get)\(/).length > 2 ? undefined : partsOf(address);
}

/** The words of a command, or of the one simple command that a shell is given; none for anything else. */
function plainWords(command: readonly string[]): readonly string[] {
  if (command[0] !== '/bin/sh' || command[1] !== '-c') return command;
  const line = (command[2] ?? '')
    .trim()
    .replace(/\s*\|\|\s*(exit\s+\d+|false)\s*;?$/, '')
    .replace(/\s*(\d|&)?>+\s*(\/dev\/null|&\d)/g, '');
  return /[;&|<>`$()]/.test(line) ? [] : line.split(/\s+/).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

function onlyUrl(words: readonly string[], plain: RegExp): CheckedUrl | undefined {
  const addresses = words.filter((word) => word.includes('://'));
  const others = words.filter((word) => !word.includes('://'));
  const arePlain = others.every((word) => plain.test(word) || /^(\d+(\.\d+)?s?|\/dev\/null|-)$/.test(word));
  return arePlain && addresses.length === 1 ? partsOf(addresses[0] as string) : undefined;
}

function partsOf(address: string): CheckedUrl | undefined {
  const match = url.exec(address);
  return match === null ? undefined : { port: Number(match[1] ?? 80), path: match[2] ?? '/' };
}

/**
 * Splits a command into words as the reference does: quotes and backslashes group, no shell is run, and the command
 * ends at an unquoted `;`, `&`, `|`, `<` or `>`. Gives `undefined` when quotes or parentheses do not come out even.
 */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word = '';
  let inWord = false;
  let escaped = false;
  let quote: '"' | "'" | undefined;
  let backquoted = false;
  let substituted = false;
  for (const character of line) {
    if (escaped) {
      word += character === 't' ? '\t' : character === 'n' ? '\n' : character;
      escaped = false;
      inWord = true;
      continue;
    }
    if (character === '\\' && quote !== "'") {
      escaped = true;
      continue;
    }
    const grouped = quote !== undefined || backquoted || substituted;
    if (/[ \t\r\n]/.test(character)) {
      if (grouped) {
        word += character;
      } else if (inWord) {
        words.push(word);
        word = '';
        inWord = false;
      }
      continue;
    }
    if (character === '`' && quote === undefined && !substituted) {
      backquoted = !backquoted;
    } else if (character === ')' && quote === undefined && !backquoted) {
      if (!substituted) return undefined;
      substituted = false;
    } else if (character === '(' && quote === undefined && !backquoted) {
      if (substituted || !word.endsWith('$')) return undefined;
      substituted = true;
    } else if (character === '"' && quote !== "'" && !substituted) {
      // An empty pair of quotes is a word too.
      inWord ||= quote === '"';
      quote = quote === undefined ? '"' : undefined;
      continue;
    } else if (character === "'" && quote !== '"' && !substituted) {
      inWord ||= quote === "'";
      quote = quote === undefined ? "'" : undefined;
      continue;
    } else if (/[;&|<>]/.test(character) && !grouped) {
      // A digit before `>` names a stream and is no word: `2>file`.
      if (character === '>' && /^[0-9]/.test(word)) inWord = false;
      break;
    }
    word += character;
    inWord = true;
  }
  if (inWord) words.push(word);
  return escaped || quote !== undefined || backquoted || substituted ? undefined : words;
}

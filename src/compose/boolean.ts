const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['y', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['n', false],
  ['no', false],
  ['off', false],
]);

/** Reads a boolean from a text, the words of YAML 1.1 included; `undefined` when the text is none. */
export function readBoolean(text: string): boolean | undefined {
  return words.get(text.toLowerCase());
}

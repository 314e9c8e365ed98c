import pc from 'picocolors';

/** The colours of one output stream; all of them plain text where the stream shows none. */
export type Colors = ReturnType<typeof pc.createColors>;

/** Chooses the colours of a stream: on for terminals, off for files and pipes; `NO_COLOR` and `FORCE_COLOR` overrule. */
export function colorsFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Colors {
  const set = (name: string): boolean => environment[name] !== undefined && environment[name] !== '';
  if (set('NO_COLOR')) return pc.createColors(false);
  if (set('FORCE_COLOR')) return pc.createColors(environment['FORCE_COLOR'] !== '0');
  return pc.createColors(stream.isTTY === true && environment['TERM'] !== 'dumb');
}

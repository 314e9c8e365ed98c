/** Text, and placeholders by name, in their order. */
export type TemplatePart = string | { readonly placeholder: string };

/**
 * Splits a text at its placeholders `{name}`; names hold letters, digits, dots, dashes and underscores. `{{` and `}}` are plain
 * braces; braces around anything else are plain text.
 */
export function splitTemplate(text: string): readonly TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of text.matchAll(/\{\{|\}\}|\{([A-Za-z0-9._-]+)\}/g)) {
    const [whole, placeholder] = match;
    parts.push(text.slice(end, match.index));
    parts.push(placeholder === undefined ? whole.slice(1) : { placeholder });
    end = match.index + whole.length;
  }
  return [...parts, text.slice(end)].filter((part) => part !== '');
}

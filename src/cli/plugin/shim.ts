const mark = 'Written by portside install-docker-plugin.';

/** Gives the text of the program that the docker command runs as its plugin: a shell script that runs portside with Node. */
export function shimText(node: string, program: string): string {
  return `#!/bin/sh
# ${mark}
node=${quoted(node)}
program=${quoted(program)}
[ -x "$node" ] || node=node
if [ ! -f "$program" ]; then
  echo "portside is no longer at $program. Install it, then run: portside install-docker-plugin" >&2
  exit 1
fi
exec "$node" "$program" "$@"
`;
}

/** Tells whether a file's content is such a program, of whatever version. */
export function isShim(content: string): boolean {
  return content.includes(mark);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

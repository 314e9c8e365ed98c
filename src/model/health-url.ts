const withPort = ['tcp:', 'grpc:', 'grpcs:'];

/**
 * Tells whether a text is the address of a health check: `http:` or `https:`, `tcp://host:port`, or `grpc:` or `grpcs:` with a port, where a path
 * names the service inside the server.
 */
export function isHealthUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port } = new URL(text);
  if (protocol === 'http:' || protocol === 'https:') return true;
  return withPort.includes(protocol) && hostname !== '' && port !== '';
}

const withPort = ['tcp:', 'grpc:', 'grpcs:'];

/**
 * Tells whether a text is the address of a health check: `http:` or `https:`, `tcp://host:port`, or `grpc:` or `grpcs:` with a port, where a path
 * names the service inside the server, its special characters percent-encoded.
 */
export function isHealthUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, pathname } = new URL(text);
  if (protocol === 'http:' || protocol === 'https:') return true;
  return withPort.includes(protocol) && hostname !== '' && port !== '' && decodes(pathname);
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

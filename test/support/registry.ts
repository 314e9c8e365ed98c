import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A running image registry with the one image `team/tiny:1`. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`: engines take a registry on loopback without TLS. */
  readonly address: string;
  close(): Promise<void>;
}

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

/** Serves an image of two small layers by the registry protocol, to whoever gives these credentials. */
export async function startRegistry(user: string, password: string): Promise<TestRegistry> {
  const layers = await Promise.all(['one', 'two'].map((name) => layerWith(name)));
  const config = JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    // Made new by every registry, so that no engine has it already.
    config: { Labels: { made: `${process.pid} ${performance.now()}` }, Cmd: ['none'] },
    rootfs: { type: 'layers', diff_ids: layers.map(({ tar }) => digest(tar)) },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', ...sized(config) },
    layers: layers.map(({ gzip }) => ({
      mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      ...sized(gzip),
    })),
  });
  const blobs = new Map<string, Buffer | string>(
    [config, ...layers.map(({ gzip }) => gzip)].map((b) => [digest(b), b]),
  );
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const server = createServer(({ url = '', headers }, response) => {
    if (headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end();
    } else if (url === '/v2/') {
      response.end('{}');
    } else if (url === '/v2/team/tiny/manifests/1' || url === `/v2/team/tiny/manifests/${digest(manifest)}`) {
      response
        .writeHead(200, {
          'content-type': manifestType,
          'content-length': Buffer.byteLength(manifest),
          'docker-content-digest': digest(manifest),
        })
        .end(manifest);
    } else {
      const blob = blobs.get(url.replace('/v2/team/tiny/blobs/', ''));
      if (blob === undefined)
        response.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
      else response.end(blob);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function layerWith(name: string): Promise<{ tar: Buffer; gzip: Buffer }> {
  const archive = pack();
  archive.entry({ name: `${name}.txt` }, `${name} ${process.pid} ${performance.now()}`);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  return { tar, gzip: gzipSync(tar) };
}

function sized(content: Buffer | string): { size: number; digest: string } {
  return { size: Buffer.byteLength(content), digest: digest(content) };
}

function digest(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

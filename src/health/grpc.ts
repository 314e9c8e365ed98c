import { type ClientHttp2Session, connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2';
import { addressOf } from '../model/index.js';
import { connectSocket } from './connect.js';
import { healthRequest, servingStatus } from './grpc-message.js';
import { reasonOf } from './reason.js';
import { secure } from './secure.js';
import { notReady, type ProbeResult, ready } from './target.js';

/** What a gRPC probe asks for. */
export interface GrpcCheck {
  /** Name of the service inside the server. Default: the server as a whole. */
  readonly service?: string;
  /** Speaks TLS; the certificate is not checked. Default false. */
  readonly tls?: boolean;
}

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader;

interface Answer {
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Finds a gRPC server ready when its health service (`grpc.health.v1.Health`) says `SERVING`. */
export async function probeGrpc(
  host: string,
  port: number,
  { service = '', tls = false }: GrpcCheck,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let session: ClientHttp2Session | undefined;
  const onAbort = () => session?.destroy();
  try {
    const plain = await connectSocket({ host, port }, signal);
    const socket = tls ? await secure(plain, signal, ['h2']) : plain;
    session = connect(`${tls ? 'https' : 'http'}://${addressOf({ host, port })}`, { createConnection: () => socket });
    signal.addEventListener('abort', onAbort, { once: true });
    const answer = await call(session, service);
    signal.throwIfAborted();
    return judge(answer, service);
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  } finally {
    signal.removeEventListener('abort', onAbort);
    session?.destroy();
  }
}

function call(session: ClientHttp2Session, service: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    session.once('close', () => reject(new Error('connection closed by the service')));
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'portside',
    });
    let headers: Headers = {};
    const chunks: Buffer[] = [];
    const add = (more: Headers): void => {
      headers = { ...headers, ...more };
    };
    stream
      .on('response', add)
      .on('trailers', add)
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .once('error', reject)
      .once('end', () => resolve({ headers, body: Buffer.concat(chunks) }))
      .end(healthRequest(service));
  });
}

/** The status codes of gRPC that say something of their own here. */
const okStatus = '0';
const notFound = '5';
const unimplemented = '12';

function judge({ headers, body }: Answer, service: string): ProbeResult {
  const status = headers['grpc-status'];
  if (headers[':status'] !== 200 || status === undefined) return notReady(`HTTP ${headers[':status']}, no gRPC`);
  if (status === notFound) return notReady(`the server knows no service "${service}"`);
  if (status === unimplemented) return notReady('the server has no health service');
  if (status !== okStatus) return notReady(`gRPC status ${status}: ${decoded(headers['grpc-message'])}`);
  const serving = servingStatus(body);
  return serving === 'SERVING' ? ready : notReady(`the health service says ${serving}`);
}

/** gRPC percent-encodes its messages. */
function decoded(message: string | readonly string[] = ''): string {
  try {
    return decodeURIComponent(String(message));
  } catch {
    return String(message);
  }
}

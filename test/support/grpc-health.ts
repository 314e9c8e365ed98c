import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, ServerCredentials, type ServiceClientConstructor, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { onTestFinished } from 'vitest';
import { tls } from './tls.js';

interface Namespaces {
  readonly grpc: { readonly health: { readonly v1: { readonly Health: ServiceClientConstructor } } };
}

const definition = loadSync(fileURLToPath(new URL('./grpc-health.proto', import.meta.url)), {
  enums: String,
  defaults: true,
});
const { Health } = (loadPackageDefinition(definition) as unknown as Namespaces).grpc.health.v1;

/**
 * Runs a real gRPC server with the health service until the test has finished, and gives its port. `statuses`: what each service
 * answers, '' being the server as a whole; `undefined`: the server has no health service.
 */
export async function grpcServer(
  statuses: Readonly<Record<string, string>> | undefined,
  secured = false,
): Promise<number> {
  const server = new Server();
  if (statuses !== undefined) {
    server.addService(Health.service, {
      Check({ request }: { request: { service: string } }, callback: (error: object | null, answer?: object) => void) {
        const answer = statuses[request.service];
        if (answer === undefined) callback({ code: status.NOT_FOUND, details: 'unknown service' });
        else if (answer === 'busy') callback({ code: status.RESOURCE_EXHAUSTED, details: 'too much to do' });
        else if (answer !== 'hung') callback(null, { status: answer });
      },
    });
  }
  const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
  const credentials = secured ? ServerCredentials.createSsl(null, [pair]) : ServerCredentials.createInsecure();
  onTestFinished(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) => (error === null ? resolve(port) : reject(error)));
  });
}

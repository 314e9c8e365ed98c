import { serviceDocument } from '../../model/index.js';
import type { AllOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { joinRunning } from '../running.js';

/** Prints the address of a service of the running environment, waiting until it is healthy. */
export async function discover(invocation: Invocation<AllOptions>): Promise<number> {
  const { context, options, args, output } = invocation;
  const [name = ''] = args;
  const environment = await joinRunning(invocation, { client: 'discover', purpose: `discover '${name}'` });
  try {
    const { signal } = context.interrupts;
    const found = await environment.discoverAll(name, { signal });
    const endpoints = options.all === true ? found : found.slice(0, 1);
    const services = endpoints.map(serviceDocument);
    const document = await environment.document();
    output.result(
      { environment: document.environment, ...(options.all === true ? { services } : { service: services[0] }) },
      () => endpoints.map((endpoint) => endpoint.url).join('\n'),
    );
    return exitCodes.ok;
  } finally {
    await environment.close();
  }
}

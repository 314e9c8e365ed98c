import { PortsideError } from '../../model/index.js';
import type { Runtime, RuntimeOptions } from '../runtime.js';
import { EmbeddedRuntime } from './embedded-runtime.js';
import { embeddedForm, type Form } from './form.js';

/**
 * Makes the runtime that runs the plan's services as programs of this host. Throws `NO_RUNTIME` with every service that has no
 * such form and what would give it one.
 */
export async function createEmbeddedRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { plan, environment } = options;
  const forms = new Map<string, Form>();
  const missing: { name: string; reason: string; hint: string }[] = [];
  for (const service of plan.services) {
    const form = embeddedForm(service, environment, plan.definition.directory);
    if (form.ok) forms.set(service.name, form.form);
    else missing.push({ name: service.name, reason: form.reason, hint: form.hint });
  }
  if (missing.length === 0) return new EmbeddedRuntime(options, forms);
  const services = missing.map(({ name, reason }) => `'${name}' (${reason})`).join(', ');
  throw new PortsideError(
    'NO_RUNTIME',
    `Cannot run the environment '${plan.definition.project}' without Docker: there is no embedded form of ${services}.`,
    { hint: missing.map(({ name, hint }) => `for '${name}': ${hint}`).join('; ') },
  );
}

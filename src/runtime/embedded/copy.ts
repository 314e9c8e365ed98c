import { type EnvironmentPlan, type PlannedService, PortsideError } from '../../model/index.js';
import type { HostEnvironment } from './find-program.js';
import { embeddedForm, type Form } from './form.js';

/** Name of the service as the plan lists it: for a copy that of the service it copies. */
export function planName({ name, copy }: PlannedService): string {
  return copy?.of ?? name;
}

/**
 * Gives the programs that stand for a copy: those of the service it copies, unless the copy was given another command. Throws
 * `LEASE_UNSUPPORTED` when no program of this host stands for that.
 */
export function copyForm(
  form: Form,
  { definition, copy }: PlannedService,
  plan: EnvironmentPlan,
  environment: HostEnvironment,
): Form {
  const original = plan.services.find(({ name }) => name === copy?.of)?.definition;
  const words = ({ command, entrypoint, embedded }: PlannedService['definition']) =>
    JSON.stringify([command, entrypoint, embedded]);
  if (form.type !== 'process' || original === undefined || words(definition) === words(original)) return form;
  const found = embeddedForm(definition, environment, plan.definition.directory);
  if (found.ok) return found.form;
  throw new PortsideError('LEASE_UNSUPPORTED', `Cannot copy the service '${original.name}': ${found.reason}.`, {
    service: original.name,
    hint: found.hint,
  });
}

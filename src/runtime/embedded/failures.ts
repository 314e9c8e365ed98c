import { PortsideError } from '../../model/index.js';

/** The error of asking for something that was removed. */
export function notRunning(service: string): PortsideError {
  return new PortsideError('ENVIRONMENT_STOPPED', `Cannot reach the program of service '${service}': it was removed.`, {
    service,
    hint: 'Start the environment again.',
  });
}

/** The error of a stop that could not remove everything, for the reasons of these failures. */
export function leftBehind(project: string, failures: readonly unknown[]): PortsideError {
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return new PortsideError('ENGINE_FAILED', `Cannot remove everything of '${project}': ${reasons.join('; ')}.`, {
    hint: 'Run `portside sweep`, which removes what is left as soon as nothing keeps it.',
    cause: failures[0],
  });
}

import { type HealthcheckDefinition, parseDuration } from '../../model/index.js';
import type { ComposeHealthcheck } from '../project/model.js';
import { defined } from './omit.js';

/** Gives a health check in milliseconds; one that is switched off has the test `NONE`. */
export function healthcheckOf(check: ComposeHealthcheck): HealthcheckDefinition {
  return defined({
    test: check.disable ? ['NONE'] : check.test,
    intervalMs: milliseconds(check.interval),
    timeoutMs: milliseconds(check.timeout),
    retries: check.retries,
    startPeriodMs: milliseconds(check.start_period),
    startIntervalMs: milliseconds(check.start_interval),
  }) as HealthcheckDefinition;
}

/** Reads a duration of the canonical model. */
export function milliseconds(duration: string | undefined): number | undefined {
  return duration === undefined ? undefined : parseDuration(duration);
}

import { type KindAddress, type KindDefinition, PortsideError } from '../model/index.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult, ready } from './target.js';

/** Finds a service ready when its kind says so. Rejects with the kind's `PortsideError`, as waiting would not help. */
export async function probeKind(
  isReady: NonNullable<KindDefinition['ready']>,
  address: KindAddress,
  signal: AbortSignal,
): Promise<ProbeResult> {
  try {
    await isReady(address, signal);
    return ready;
  } catch (error) {
    signal.throwIfAborted();
    if (PortsideError.is(error)) throw error;
    return notReady(reasonOf(error));
  }
}

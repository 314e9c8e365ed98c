import { noteEntry, notePlace, placeOf } from '../yaml/place.js';
import { emptyMapping, isSequence, type Value } from '../yaml/value.js';
import { parsePort } from './ports.js';
import type { Spot } from './transform.js';

// One service can publish every port there is; a file that asks for more than that is an accident.
const maxPorts = 65_536;

/** Rewrites the short forms in a list of ports; a range becomes one entry for each port of the container. */
export function expandPorts(value: Value, { path, place, problems }: Spot): Value {
  if (!isSequence(value)) return value;
  const ports: Value[] = [];
  notePlace(ports, place);
  for (const [index, entry] of value.entries()) {
    const at = placeOf(value, index);
    if (typeof entry !== 'string' && typeof entry !== 'number') {
      noteEntry(ports, ports.length, at);
      ports.push(entry);
      continue;
    }
    const read = parsePort(String(entry));
    if (typeof read === 'string') {
      problems.invalid(
        [...path, index],
        `${read}, where [[HOST_IP:]PUBLISHED:]TARGET[/PROTOCOL] is expected`,
        entry,
        at,
      );
      continue;
    }
    if (ports.length + read.length > maxPorts) {
      problems.add('COMPOSE_UNSUPPORTED', `Cannot publish more than ${maxPorts} ports of one service.`, at);
      break;
    }
    for (const port of read) {
      const mapping = Object.assign(emptyMapping(), port);
      notePlace(mapping, at);
      noteEntry(ports, ports.length, at);
      ports.push(mapping);
    }
  }
  return ports;
}

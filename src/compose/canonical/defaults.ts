import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';

/** Fills in the defaults that the Compose Specification gives to keys of a long form, in place. */
export function setDefaults(document: Mapping): void {
  for (const service of mappings(document['services'])) {
    if (isMapping(service['build'])) service['build']['context'] ??= '.';
    for (const secret of mappings(service['secrets'])) secret['target'] ??= `/run/secrets/${String(secret['source'])}`;
    for (const port of mappings(service['ports'])) {
      port['protocol'] ??= 'tcp';
      port['mode'] ??= 'ingress';
    }
    for (const volume of mappings(service['volumes'])) {
      if (isMapping(volume['bind'])) volume['bind']['create_host_path'] ??= true;
    }
    for (const request of [...mappings(service['gpus']), ...mappings(reservedDevices(service))]) {
      if (request['device_ids'] === undefined) request['count'] ??= 'all';
    }
  }
}

/** Gives the mappings inside a mapping or list, and nothing for any other value. */
export function mappings(value: Value | undefined): Mapping[] {
  if (isSequence(value)) return value.filter(isMapping);
  return isMapping(value) ? Object.values(value).filter(isMapping) : [];
}

/** Gives the device requests of `deploy.resources.reservations`. */
export function reservedDevices(service: Mapping): Value | undefined {
  let value: Value | undefined = service;
  for (const key of ['deploy', 'resources', 'reservations', 'devices'])
    value = isMapping(value) ? value[key] : undefined;
  return value;
}

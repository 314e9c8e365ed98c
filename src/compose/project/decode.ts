import type { Decoder } from '../decode/fields.js';
import { fileObject, network, volume } from '../decode/resources.js';
import { service } from '../decode/service.js';
import type { Problems } from '../problems.js';
import { type Mapping, mappingAt, type Value } from '../yaml/value.js';
import type { ComposeModel } from './model.js';

/** Turns a normalised document into the canonical model; errors are collected. */
export function decodeModel(document: Mapping, name: string, problems: Problems): ComposeModel {
  const section = (key: string, decoder: Decoder): Record<string, unknown> => {
    const resources = mappingAt(document, key);
    const decoded: Record<string, unknown> = Object.create(null);
    for (const [resource, value] of Object.entries(resources)) {
      const entry = { container: resources, key: resource, path: [key, resource], problems };
      decoded[resource] = decoder(value, entry) ?? {};
    }
    return decoded;
  };
  const model: Record<string, unknown> = { name, services: section('services', service) };
  const optional: [string, Decoder][] = [
    ['networks', network],
    ['volumes', volume],
    ['secrets', fileObject],
    ['configs', fileObject],
  ];
  for (const [key, decoder] of optional) {
    const resources = section(key, decoder);
    if (Object.keys(resources).length > 0) model[key] = resources;
  }
  for (const [key, value] of Object.entries(document)) if (key.startsWith('x-')) model[key] = plain(value);
  return model as unknown as ComposeModel;
}

/** Gives an extension's value as ordinary objects. */
export function plain(value: Value): unknown {
  return value === null || typeof value !== 'object' ? value : JSON.parse(JSON.stringify(value));
}

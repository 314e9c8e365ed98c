/** Keys may be written in snake case as well (R11), and a service's options beside its `type`, as is natural in JSON. */
export function normalise(value: unknown): unknown {
  if (!isObject(value)) return value;
  const config = camel(value);
  if (isObject(config.leases)) config.leases = camel(config.leases);
  return isObject(config.services) ? { ...config, services: withOptions(config.services) } : config;
}

function camel(value: object): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, part]) => [
    key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    part,
  ]);
  return Object.fromEntries(entries);
}

/** Spreading keeps what lies under symbols. */
function withOptions(services: object): object {
  const wrapped = Object.entries(services).map(([name, spec]) => {
    if (!isObject(spec) || 'options' in spec) return [name, spec];
    const { type, factory, ...options } = spec as Record<string, unknown>;
    return [name, { type, options, ...(factory === undefined ? {} : { factory }) }];
  });
  return { ...services, ...Object.fromEntries(wrapped) };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

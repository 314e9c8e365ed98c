import { type Decoder, flag, flagWhenTrue, labels, list, struct, text } from './fields.js';

const networkFields = struct({
  name: text,
  driver: text,
  driver_opts: labels,
  ipam: struct({
    driver: text,
    config: list(struct({ subnet: text, gateway: text, ip_range: text, aux_addresses: labels })),
    options: labels,
  }),
  external: flagWhenTrue,
  internal: flagWhenTrue,
  attachable: flagWhenTrue,
  labels,
  enable_ipv4: flag,
  enable_ipv6: flag,
});

/** A top-level network. */
export const network: Decoder = (value, entry) => {
  const decoded = networkFields(value, entry) as Record<string, unknown> | undefined;
  return decoded === undefined ? undefined : { ipam: {}, ...decoded };
};

/** A top-level volume. */
export const volume: Decoder = struct({
  name: text,
  driver: text,
  driver_opts: labels,
  external: flagWhenTrue,
  labels,
});

/** A top-level secret or config. */
export const fileObject: Decoder = struct({
  name: text,
  file: text,
  environment: text,
  content: text,
  external: flagWhenTrue,
  labels,
  driver: text,
  driver_opts: labels,
  template_driver: text,
});

import { textAt } from '../yaml/text.js';
import { isMapping } from '../yaml/value.js';
import {
  bytes,
  type Decoder,
  environment,
  flagWhenTrue,
  labels,
  list,
  record,
  refuse,
  struct,
  text,
  textOrTexts,
} from './fields.js';
import { grant, ulimit } from './grants.js';
import { hosts } from './hosts.js';

const ssh: Decoder = (value, entry) => {
  if (!isMapping(value)) return refuse(entry, value, 'it must be a mapping or a list');
  const keys = Object.keys(value).map((id) => (textAt(value, id) === '' ? id : `${id}=${textAt(value, id)}`));
  return keys.length === 0 ? undefined : keys;
};

/** The `build` section of a service. */
export const build: Decoder = struct({
  context: text,
  dockerfile: text,
  dockerfile_inline: text,
  entitlements: textOrTexts,
  args: environment,
  provenance: text,
  sbom: text,
  ssh,
  labels,
  cache_from: textOrTexts,
  cache_to: textOrTexts,
  no_cache: flagWhenTrue,
  no_cache_filter: textOrTexts,
  additional_contexts: labels,
  pull: flagWhenTrue,
  extra_hosts: hosts,
  isolation: text,
  network: text,
  target: text,
  secrets: list(grant),
  shm_size: bytes,
  tags: textOrTexts,
  ulimits: record(ulimit),
  platforms: textOrTexts,
  privileged: flagWhenTrue,
});

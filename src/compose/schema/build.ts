import { extraHosts, grants, limits, listOrMapping, stringOrStrings } from './common.js';
import { either, list, mapping, type Shape, string, stringOrBoolean, stringOrInteger } from './shape.js';

const texts = list(string);

/** The `build` section of a service. */
export const build: Shape = either(
  string,
  mapping({
    additional_contexts: listOrMapping,
    args: listOrMapping,
    cache_from: texts,
    cache_to: texts,
    context: string,
    dockerfile: string,
    dockerfile_inline: string,
    entitlements: texts,
    extra_hosts: extraHosts,
    isolation: string,
    labels: listOrMapping,
    network: string,
    no_cache: stringOrBoolean,
    no_cache_filter: stringOrStrings,
    platforms: texts,
    privileged: stringOrBoolean,
    provenance: stringOrBoolean,
    pull: stringOrBoolean,
    sbom: stringOrBoolean,
    secrets: grants,
    shm_size: stringOrInteger,
    ssh: listOrMapping,
    tags: texts,
    target: string,
    ulimits: limits,
  }),
);

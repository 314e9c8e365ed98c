import { readBoolean } from '../boolean.js';
import { type PatternNode, patterns } from '../pattern.js';

/** Turns the filled-in text of a value into what its key takes; `undefined` when it cannot. */
export interface Cast {
  readonly wants: string;
  readonly apply: (text: string) => number | boolean | undefined;
}

const toInteger: Cast = {
  wants: 'an integer',
  apply: (text) => (/^[-+]?[0-9]+$/.test(text) ? Number(text) : undefined),
};

const toNumber: Cast = {
  wants: 'a number',
  apply: (text) => (/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(text) ? Number(text) : undefined),
};

/** Turns `true`, `yes`, `on` and their opposites into booleans. */
const toBoolean: Cast = { wants: 'true or false', apply: readBoolean };

function service(cast: Cast, keys: readonly string[]): [string, Cast][] {
  return keys.map((key) => [`services.*.${key}`, cast]);
}

function resource(kind: string, keys: readonly string[]): [string, Cast][] {
  return keys.map((key) => [`${kind}.*.${key}`, toBoolean]);
}

/** The keys whose text is turned into a number or a boolean, also where it was written in quotes. */
export const casts: PatternNode<Cast> = patterns<Cast>([
  ...service(toInteger, [
    'cpu_count',
    'cpu_period',
    'cpu_quota',
    'cpu_rt_period',
    'cpu_rt_runtime',
    'cpu_shares',
    'deploy.replicas',
    'deploy.update_config.parallelism',
    'deploy.rollback_config.parallelism',
    'deploy.restart_policy.max_attempts',
    'deploy.placement.max_replicas_per_node',
    'healthcheck.retries',
    'oom_score_adj',
    'pids_limit',
    'ports.*.target',
    'scale',
    'ulimits.*',
    'ulimits.*.hard',
    'ulimits.*.soft',
  ]),
  ...service(toNumber, [
    'cpu_percent',
    'cpus',
    'deploy.update_config.max_failure_ratio',
    'deploy.rollback_config.max_failure_ratio',
  ]),
  ...service(toBoolean, [
    'init',
    'depends_on.*.required',
    'depends_on.*.restart',
    'healthcheck.disable',
    'oom_kill_disable',
    'privileged',
    'read_only',
    'stdin_open',
    'tty',
    'volumes.*.read_only',
    'volumes.*.volume.nocopy',
  ]),
  ...resource('networks', ['external', 'internal', 'attachable', 'enable_ipv4', 'enable_ipv6']),
  ...resource('volumes', ['external']),
  ...resource('secrets', ['external']),
  ...resource('configs', ['external']),
]);

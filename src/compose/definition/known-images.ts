import type { ServiceKind } from '../../model/index.js';

/** A program that many stacks use, known by its image. */
export interface KnownImage {
  readonly kind: ServiceKind;
  /** Where it serves its clients. */
  readonly port: number;
  /** Whether it serves there without being told to, so that a service that publishes nothing can be reached all the same. */
  readonly always: boolean;
}

type Row = readonly [pattern: RegExp, kind: ServiceKind, port: number, rule?: 'when published'];

// The last part of an image's name, without tag: `bitnami/postgresql:16` is "postgresql"; for a name that says nothing, its
// last two. Not listed: programs that answer in another way after a change of a setting, as Elasticsearch with HTTPS.
const rows: readonly Row[] = [
  [
    /^(postgres(ql)?[0-9.]*|postgres(ql)?-(ha|repmgr)|postgis|pgvector|timescaledb(-ha)?|citus|paradedb)$/,
    'postgres',
    5432,
  ],
  [/^(redis[0-9.]*|redis-stack(-server)?|redismod|valkey(-bundle)?|keydb|dragonfly|garnet)$/, 'redis', 6379],
  [/^(mysql[0-9.]*|mysql-server|mariadb[0-9.]*|percona(-server)?)$/, 'tcp', 3306],
  [/^(mssql\/server|azure-sql-edge)$/, 'tcp', 1433],
  [/^(mongo|mongodb|mongodb-community-server|percona-server-mongodb)$/, 'tcp', 27_017],
  [/^(cassandra|scylla)$/, 'tcp', 9042],
  [/^rabbitmq$/, 'tcp', 5672],
  [/^memcached$/, 'tcp', 11_211],
  [/^nats$/, 'tcp', 4222],
  [/^(elasticsearch|opensearch)$/, 'tcp', 9200],
  [/^(kafka|cp-kafka|kafka-native|redpanda)$/, 'tcp', 9092, 'when published'],
];

/** Gives the last part of an image's name, without tag. */
export function imageName(image = ''): string {
  return nameParts(image).at(-1) ?? '';
}

/** Finds what an image runs; `undefined` for an image that says nothing. */
export function knownImage(image = ''): KnownImage | undefined {
  const parts = nameParts(image);
  const names = [parts.at(-1) ?? '', parts.slice(-2).join('/')];
  const [, kind, port, rule] = rows.find(([pattern]) => names.some((name) => pattern.test(name))) ?? [];
  return kind === undefined || port === undefined ? undefined : { kind, port, always: rule === undefined };
}

function nameParts(image: string): readonly string[] {
  return (image.split('@')[0] ?? '')
    .replace(/:[^/:]*$/, '')
    .toLowerCase()
    .split('/');
}

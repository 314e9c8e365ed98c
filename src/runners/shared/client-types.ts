// The clients are optional: where their types are not installed, these become `any` instead of errors in users' type checks.

/** A connected client of the package `pg`. */
// biome-ignore lint/suspicious/noTsIgnore: it must reach the declaration file, and it is no error here.
/** @ts-ignore */
export type PgClient = import('pg').Client;

/** A connected client of the package `ioredis`. */
// biome-ignore lint/suspicious/noTsIgnore: it must reach the declaration file, and it is no error here.
/** @ts-ignore */
export type RedisClient = import('ioredis').Redis;

/** Options of a client of the package `ioredis`. */
// biome-ignore lint/suspicious/noTsIgnore: it must reach the declaration file, and it is no error here.
/** @ts-ignore */
export type RedisClientOptions = import('ioredis').RedisOptions;

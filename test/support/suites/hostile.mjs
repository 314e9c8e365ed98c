// A suite that does all it can to disturb its siblings, and then dies without a word. What is refused is only counted.
import { Redis } from 'ioredis';
import pg from 'pg';
import { attachEnvironment } from '../../../dist/index.js';

const [socket] = process.argv.slice(2);
const env = await attachEnvironment({ socket, client: 'hostile', hold: false });
const fork = await env.fork({ file: 'hostile.test.ts' });
const database = await fork.discover('postgres-primary');
const cache = await fork.discover('cache');
const shared = await env.discover('postgres-primary');

const refused = [];
const attempt = async (what, work) => {
  try {
    await work();
  } catch (error) {
    refused.push(`${what}: ${error.message}`);
  }
};
const db = new pg.Client({ connectionString: database.url });
db.on('error', () => undefined);
await db.connect();
const sql = (text) => attempt(text, () => db.query(text));
const redis = new Redis(cache.url, { maxRetriesPerRequest: 1 });
redis.on('error', () => undefined);
const command = (...words) => attempt(words.join(' '), () => redis.call(...words));

/** Siblings come and go, so it looks for them again and again. */
for (let round = 0; round < 4; round++) {
  const others = 'SELECT datname FROM pg_database WHERE datname <> current_database()';
  const { rows } = await db.query(others);
  for (const { datname } of rows) await harass(datname);
  await new Promise((resolve) => setTimeout(resolve, 300));
}
async function harass(datname) {
  await sql(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  await sql(`ALTER DATABASE "${datname}" RENAME TO "${datname}_gone"`);
  await attempt(`connect to ${datname}`, async () => {
    const { host, port, user, password } = database;
    const other = new pg.Client({ host, port, user, password, database: datname });
    other.on('error', () => undefined);
    await other.connect();
    await other.query('DROP TABLE IF EXISTS orders CASCADE');
    await other.end();
  });
}
await sql('TRUNCATE orders');
await sql('DROP TABLE orders CASCADE');
await sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()`);
await sql('ALTER SYSTEM SET max_connections = 3');
await sql('SELECT pg_reload_conf()');
await sql(`COPY (SELECT 1) TO PROGRAM 'kill -9 1'`);
await sql('CREATE ROLE intruder SUPERUSER LOGIN');
await sql(`SET ROLE "${shared.user}"`);
await sql('SELECT pg_advisory_lock(generate_series(1, 1000))');
for (const words of [
  ['FLUSHALL'],
  ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'],
  ['CONFIG', 'SET', 'maxmemory', '1'],
  ['PUBLISH', 'news', 'noise'],
  ['SCRIPT', 'FLUSH'],
  ['CLIENT', 'KILL', 'TYPE', 'pubsub'],
  ['SWAPDB', '0', '1'],
]) {
  await command(...words);
}
const flood = Array.from({ length: 150 }, () => {
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  return attempt('one more connection', () => client.connect());
});
await Promise.all(flood);
void command('DEBUG', 'SLEEP', '3');
for (let noise = 0; noise < 500; noise++) await attempt('noise', () => redis.publish('news', 'noise'));
console.log(JSON.stringify({ refused }));
await new Promise((resolve) => process.stdout.write('', resolve));
process.kill(process.pid, 'SIGKILL');

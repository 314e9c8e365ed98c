// Leases in a loop until it is killed or has had enough: its arguments are the socket, how many leases at a time, how many in all, and services.
import pg from 'pg';
import { attachEnvironment } from '../../../dist/index.js';

const [socket, atOnce, total, ...services] = process.argv.slice(2);
const env = await attachEnvironment({ socket, client: 'leaser', hold: false });
console.log('joined');
let left = Number(total);
async function work() {
  while (left-- > 0) {
    const fork = await env.fork({ services });
    const { url } = await fork.discover('postgres-primary');
    const db = new pg.Client({ connectionString: url });
    await db.connect();
    await db.query('CREATE TABLE mine AS SELECT 1 AS one');
    await db.end();
    await fork.release();
  }
}
await Promise.all(Array.from({ length: Number(atOnce) }, work));
await env.close();
console.log('passed');

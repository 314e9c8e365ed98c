import { randomBytes } from 'node:crypto';
import { type KindAddress, type KindHost, type KindIsolator, PortsideError } from '../../model/index.js';
import { userStatements } from './copy.js';
import { LeaseDatabase } from './lease-database.js';
import { Sessions } from './sessions.js';
import { hasTemplate, leaseName, makeTemplate, type Template } from './template.js';

/** So many sessions make, reset and remove databases side by side; more are not faster. */
const sessionLimit = 4;
const creators = 2;

/** Leases databases of one server, each with a user that has all rights there and none elsewhere. */
export function mariadbIsolator(host: KindHost): KindIsolator {
  const sessions = new Sessions(sessionLimit, () => adminOf(host));
  let template: Template | undefined;
  return {
    creators,
    prepare: async () => {
      // Its leases will say why there are none; the service itself works.
      if (host.address().admin === undefined) return;
      await sessions.use(async (session) => {
        if (template !== undefined && (await hasTemplate(session))) return;
        template = await makeTemplate(session, host.address().database);
      });
    },
    create: async (id, signal) => {
      signal.throwIfAborted();
      // Asked for first, as it says what is wrong where there is no template.
      adminOf(host);
      if (template === undefined) throw new Error('its template was never made');
      const { blueprint, connections } = template;
      const name = leaseName(id);
      const password = randomBytes(18).toString('base64url');
      const lease = new LeaseDatabase({ name, password, template: blueprint, sessions });
      try {
        await sessions.use((session) => session.run(userStatements(name, password, name, connections)));
        await lease.fill();
        signal.throwIfAborted();
      } catch (error) {
        await lease.remove().catch((cause) => host.log('warn', `Cannot remove database ${name}`, { err: cause }));
        throw error;
      }
      return lease;
    },
    close: async () => sessions.close(),
  };
}

/** Errors: `LEASE_UNSUPPORTED` when nobody knows root's password. */
function adminOf(host: KindHost): KindAddress {
  const { host: address, port, admin } = host.address();
  if (admin !== undefined) return { host: address, port, ...admin };
  throw new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot lease service '${host.service}': its image makes up root's password, which nobody else knows.`,
    { service: host.service, hint: 'Set MARIADB_ROOT_PASSWORD in place of MARIADB_RANDOM_ROOT_PASSWORD.' },
  );
}

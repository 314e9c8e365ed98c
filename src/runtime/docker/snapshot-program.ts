import { posix } from 'node:path';
import type { PlannedService } from '../../model/index.js';
import type { ImageFacts } from './image-facts.js';
import type { MemoryData } from './memory-data.js';
import { isWellKnown } from './well-known.js';

/** Where a snapshot's image holds the data. */
export const archivePath = '/portside/data.tar';

/** Unpacks the data into the empty folder, then goes on as ever; when that fails, the server initialises itself as it would without. */
const unpack = [
  'if mkdir -p "$PGDATA" && [ ! -s "$PGDATA/PG_VERSION" ]; then',
  `  tar -xf ${archivePath} -C "$PGDATA" || find "$PGDATA" -mindepth 1 -delete`,
  'fi',
].join('\n');

/**
 * Becomes the server as the official image's entry point does where data are there already, without the shells that it takes to find that
 * out; what else it does is in the data. Leaves it to the entry point where the image has no program for that.
 */
const becomeServer = [
  'if [ -s "$PGDATA/PG_VERSION" ] && [ "$(id -u)" = 0 ]; then',
  '  for become in gosu su-exec; do',
  '    if command -v $become > /dev/null && install -d -o postgres -g postgres -m 3775 /var/run/postgresql; then',
  '      shift',
  '      exec $become postgres "$@"',
  '    fi',
  '  done',
  'fi',
].join('\n');

/** Sets the password of this environment in the unpacked data, before anybody can connect. */
const renewPassword = [
  'if [ -s "$PGDATA/PG_VERSION" ]; then',
  `  printf '%s\\n' "ALTER ROLE \\"$POSTGRES_USER\\" PASSWORD '$POSTGRES_PASSWORD'" |`,
  '    su -s /bin/sh -c "$(command -v postgres) --single -F -D \'$PGDATA\' postgres" postgres > /dev/null ||',
  '    find "$PGDATA" -mindepth 1 -delete',
  'fi',
].join('\n');

/**
 * Runs the program until it is asked to end; when it has ended cleanly and all its data are in the one folder, packs that. Exit
 * code 0 says that the archive is whole.
 */
const pack = [
  'asked=',
  '"$@" &',
  'pid=$!',
  "trap 'asked=yes; kill -INT $pid' TERM INT",
  'wait $pid',
  'code=$?',
  // The trap ends the first wait; the second one has the program's own exit code.
  'if [ -n "$asked" ]; then wait $pid; code=$?; fi',
  '[ -n "$asked" ] && [ "$code" = 0 ] || exit 1',
  'LC_ALL=C pg_controldata "$PGDATA" | grep -q "cluster state: *shut down$" || exit 1',
  '[ ! -L "$PGDATA/pg_wal" ] && [ -z "$(ls -A "$PGDATA/pg_tblspc")" ] || exit 1',
  `mkdir -p ${posix.dirname(archivePath)} && tar -cf ${archivePath} -C "$PGDATA" .`,
].join('\n');

/** Gives the service as a container that begins with the data in the image. */
export function unpacking(data: MemoryData, image: ImageFacts, isPasswordNew: boolean): PlannedService {
  const steps = [unpack, ...(isPasswordNew ? [renewPassword] : []), ...(isWellKnown(image) ? [becomeServer] : [])];
  return wrapped(data, image, [...steps, 'exec "$@"'].join('\n'));
}

/** Gives the service as a container that packs its data when it is stopped; what runs at every start is left out. */
export function packing(data: MemoryData, image: ImageFacts): PlannedService {
  const service = wrapped(data, image, pack);
  const { postStart: _, preStop: __, ...container } = service.definition.container;
  const { stopSignal: ___, ...definition } = service.definition;
  return { ...service, definition: { ...definition, container } };
}

function wrapped({ service, folder }: MemoryData, image: ImageFacts, script: string): PlannedService {
  const { definition } = service;
  const entrypoint = ['sh', '-c', script, 'portside', ...image.entrypoint];
  const environment = { ...definition.environment, PGDATA: folder };
  return { ...service, definition: { ...definition, entrypoint, environment } };
}

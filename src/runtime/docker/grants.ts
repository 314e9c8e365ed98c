import { readFile } from 'node:fs/promises';
import { pack } from 'tar-stream';
import { type FileContent, type FileGrant, type PlannedService, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';

/** A secret or config with its content. */
export interface GrantedFile extends Omit<FileGrant, 'content'> {
  readonly content: Buffer;
}

/** Reads the secrets and configs that a service sees as files. */
export async function grantedFiles(context: DockerContext, service: PlannedService): Promise<readonly GrantedFile[]> {
  const { secrets, configs } = context.definition;
  const read = (kind: string, sources: Readonly<Record<string, FileContent>>) => (grant: FileGrant) =>
    readGrant(service.name, kind, grant, sources[grant.source]);
  return Promise.all([
    ...service.definition.secrets.map(read('secret', secrets)),
    ...service.definition.configs.map(read('config', configs)),
  ]);
}

/** Packs files as an archive to be unpacked at `/` inside a container; readable by all (0444) where no mode is given, as in Compose. */
export async function archiveOf(files: readonly GrantedFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { target, uid, gid, mode, content } of files) {
    archive.entry(
      {
        name: target.replace(/^\/+/, ''),
        mode: mode ?? 0o444,
        uid: Number(uid ?? 0),
        gid: Number(gid ?? 0),
      },
      content,
    );
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readGrant(
  service: string,
  kind: string,
  grant: FileGrant,
  source: FileContent | undefined,
): Promise<GrantedFile> {
  const fail = (why: string, hint: string, cause?: unknown) =>
    new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot give the ${kind} '${grant.source}' to the service '${service}': ${why}.`,
      {
        service,
        hint,
        cause,
      },
    );
  if (grant.content !== undefined) return { ...grant, content: Buffer.from(grant.content) };
  switch (source?.type) {
    case 'content':
      return { ...grant, content: Buffer.from(source.content) };
    case 'file':
      try {
        return { ...grant, content: await readFile(source.path) };
      } catch (error) {
        throw fail(
          `${source.path} cannot be read (${(error as Error).message})`,
          `Make the file, or correct \`file\` of the ${kind}.`,
          error,
        );
      }
    case 'external':
      throw fail(
        'it is kept outside the file, and only a swarm keeps such',
        `Give it \`file\`, \`environment\` or \`content\` instead of \`external\`.`,
      );
    default:
      throw fail('it is not defined', `Define it under \`${kind}s\`.`);
  }
}

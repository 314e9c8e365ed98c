import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type NamedFile, unusableFile } from './unusable-file.js';

/** The files of a certificate and its key. */
export interface TlsFiles {
  readonly cert: Omit<NamedFile, 'purpose'>;
  readonly key: Omit<NamedFile, 'purpose'>;
}

/** Reads a certificate and its key in PEM form, and finds out that they can be used. Errors: `USAGE`, `CONFIG_INVALID`. */
export function readTls(files: TlsFiles): { readonly cert: string; readonly key: string } {
  const cert = read({ ...files.cert, purpose: 'the certificate' }, (text) => createSecureContext({ cert: text }));
  const key = read({ ...files.key, purpose: 'the key' }, (text) => createSecureContext({ key: text }));
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    throw unusableFile({ ...files.key, purpose: 'the key of that certificate' }, cause);
  }
  return { cert, key };
}

function read(file: NamedFile, check: (text: string) => unknown): string {
  try {
    const text = readFileSync(file.path, 'utf8');
    check(text);
    return text;
  } catch (cause) {
    throw unusableFile(file, cause);
  }
}

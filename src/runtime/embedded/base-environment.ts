import type { HostEnvironment } from './find-program.js';
import { markVariable } from './process/tree.js';

/** Variables of the host that a program needs to run at all; everything else a container would not see either. */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TMP|TEMP|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|Path|PATHEXT|SystemRoot|windir|COMSPEC|USERPROFILE|APPDATA|LOCALAPPDATA|ProgramData|SystemDrive)$/;

/** Gives what every program of a run gets of the host's environment, and the mark by which a sweep finds it. */
export function baseEnvironment(host: HostEnvironment, instance: string): Record<string, string> {
  const base: Record<string, string> = { [markVariable]: instance };
  for (const [key, value] of Object.entries(host)) {
    if (value !== undefined && passedOn.test(key)) base[key] = value;
  }
  return base;
}

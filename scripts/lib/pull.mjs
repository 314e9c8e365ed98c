import { capture } from './exec.mjs';
import { say } from './say.mjs';

const FIRST_ANSWER_MS = 20_000;
const WHOLE_PULL_MS = 10 * 60_000;

/** Pulls an image; resolves to undefined when it is there, else to what the registry or engine answered. */
export async function pullImage(tag) {
  say(`pulling ${tag}`);
  const limit = new AbortController();
  let timer = setTimeout(() => limit.abort(), FIRST_ANSWER_MS);
  let answered = false;
  const onOutput = () => {
    if (answered) return;
    answered = true;
    clearTimeout(timer);
    timer = setTimeout(() => limit.abort(), WHOLE_PULL_MS);
  };
  const { code, stderr } = await capture('docker', ['pull', tag], { signal: limit.signal, onOutput });
  clearTimeout(timer);
  if (code === 0) return undefined;
  if (limit.signal.aborted) return `the registry gave no answer within ${answered ? 'ten minutes' : '20 seconds'}`;
  return stderr.trim().split('\n').at(-1) || `docker pull ended with code ${code}`;
}

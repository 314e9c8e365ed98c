import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBaseImage } from './images/base.mjs';
import { canInstallPackages } from './lib/debian.mjs';
import { capture, must } from './lib/exec.mjs';
import { pullImage } from './lib/pull.mjs';
import { runMain, ScriptError, say } from './lib/say.mjs';

const FOLDER = fileURLToPath(new URL('./images/', import.meta.url));
const STANDIN = 'dev.portside.standin';
const CONTENT = 'dev.portside.standin.content';

const SERVERS = [
  { tag: 'postgres:16-alpine', folder: 'postgres', also: ['postgres:16'] },
  { tag: 'redis:7-alpine', folder: 'redis', also: ['redis:7'] },
  { tag: 'node:20-slim', folder: 'node', also: [], addFiles: addNodeOfThisMachine },
];
const SERVERS_OF_TESTS = [{ tag: 'mariadb:11', folder: 'mariadb', also: [] }];
const FOR_TESTS = [
  { tag: 'portside-test/exits:1', folder: 'test-exits', also: [] },
  { tag: 'portside-test/never-healthy:1', folder: 'test-never-healthy', also: [] },
];

/**
 * Makes sure that the images of the demo and the tests are on the engine. One that is there is left alone; one that is
 * missing is pulled; when no registry answers, a stand-in is built from Debian packages (needs root).
 * `standins` is `auto`, or `always` (never pull) or `never` (only pull); `tests`: also what only a few tests need.
 */
export async function ensureImages({ standins = process.env['PORTSIDE_STANDINS'] || 'auto', tests = false } = {}) {
  const toBuild = [];
  for (const image of tests ? [...SERVERS, ...SERVERS_OF_TESTS] : SERVERS) {
    image.content = await contentOf(image.folder);
    const present = await labelsOf(image.tag);
    if (present && (!present[STANDIN] || present[CONTENT] === image.content)) continue;
    if (!present && standins !== 'always' && toBuild.length === 0) {
      const failure = await pullImage(image.tag);
      if (failure === undefined) continue;
      if (standins === 'never' || !canInstallPackages()) {
        throw new ScriptError(
          `Cannot get the image ${image.tag}: ${failure}`,
          `Run "docker pull ${image.tag}" where a registry answers, or run this as root on Debian or Ubuntu, ` +
            'where a stand-in is built from packages; PORTSIDE_RUNTIME=embedded needs no image.',
        );
      }
      say(`no registry gives ${image.tag} (${failure}); building stand-ins from packages`);
    }
    toBuild.push(image);
  }
  if (toBuild.length > 0) {
    const base = await ensureBaseImage();
    say(`building stand-in images: ${toBuild.map(({ tag }) => tag).join(', ')} (about a minute)`);
    await Promise.all(toBuild.map((image) => build(image, base)));
  }
  for (const image of FOR_TESTS) {
    image.content = await contentOf(image.folder);
    if ((await labelsOf(image.tag))?.[CONTENT] === image.content) continue;
    say(`building the test image ${image.tag}`);
    await build(image, 'node:20-slim');
  }
}

/** The labels of an image on the engine, or undefined when it is not there. */
async function labelsOf(tag) {
  const { code, stdout } = await capture('docker', ['image', 'inspect', '--format', '{{json .Config.Labels}}', tag]);
  return code === 0 ? (JSON.parse(stdout) ?? {}) : undefined;
}

/** A hash over the files an image is built from. */
async function contentOf(folder) {
  const hash = createHash('sha256');
  for (const name of (await readdir(path.join(FOLDER, folder))).sort()) {
    hash.update(`${name}\n`).update(await readFile(path.join(FOLDER, folder, name)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Builds one image from its folder, with the host's network so that package mirrors are reached as from here. */
async function build({ tag, folder, also, content, addFiles }, base) {
  const context = await mkdtemp(path.join(tmpdir(), 'portside-image-'));
  try {
    await cp(path.join(FOLDER, folder), context, { recursive: true });
    await addFiles?.(context);
    const labels = [`${STANDIN}=true`, `${CONTENT}=${content}`].flatMap((label) => ['--label', label]);
    const args = ['build', '--network', 'host', '--build-arg', `BASE=${base}`, ...labels, '--tag', tag, context];
    await must('docker', args, { env: await builderEnvironment() });
    for (const other of also) {
      if (!(await labelsOf(other)) || (await labelsOf(other))[STANDIN]) await must('docker', ['tag', tag, other]);
    }
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** The environment for `docker build`: the older builder where BuildKit's plugin is not installed. */
async function builderEnvironment() {
  const buildx = await capture('docker', ['buildx', 'version']);
  return buildx.code === 0 ? process.env : { ...process.env, DOCKER_BUILDKIT: '0' };
}

/** Puts the Node that runs this script, and its npm, into a build context. */
async function addNodeOfThisMachine(context) {
  const npm = path.join(path.dirname(process.execPath), '../lib/node_modules/npm');
  await cp(process.execPath, path.join(context, 'host/bin/node'), { dereference: true });
  if (existsSync(npm)) await cp(npm, path.join(context, 'host/lib/node_modules/npm'), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await runMain(() => ensureImages());

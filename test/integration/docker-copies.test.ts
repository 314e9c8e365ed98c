import { expect, it } from 'vitest';
import type { RunningService } from '../../src/runtime/index.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { answering, eventually, type TestRuntime, withDockerRuntime } from '../support/docker-runtime.js';
import { requestsOf } from '../support/engine-requests.js';
import { readAll } from '../support/tcp.js';

const never = new AbortController().signal;

/** Starts one more instance of a running service. */
function startCopy(
  { runtime }: TestRuntime,
  { service }: Pick<RunningService, 'service'>,
  lease: string,
): Promise<RunningService> {
  const name = `${service.name}-${lease}`;
  return runtime.start({ ...service, name, copy: { of: service.name, lease } }, 1, { ANSWER: lease }, never);
}

const answerOf = ({ ports: [port] }: RunningService) => readAll('127.0.0.1', port?.port ?? 0);

/** What a program inside the service prints. */
async function printed({ runtime }: TestRuntime, inside: RunningService, script: string): Promise<string> {
  const { output } = await runtime.exec(inside, ['node', '-e', script], never);
  return output.trim();
}

describeWithDocker('a copy of a service on Docker', () => {
  it('has a name, a port and data of its own, and leaves the names of its original alone', async () => {
    const original = answering('store', {
      aliases: ['main-store'],
      container: { hostname: 'store-host' },
      networks: [{ network: 'default', aliases: ['kept'] }],
      mounts: [
        { type: 'volume', source: 'data', target: '/stored', readOnly: false },
        { type: 'volume', source: 'shared', target: '/shared', readOnly: true },
      ],
    });
    await withDockerRuntime([original, answering('client')], async (test) => {
      const [store, client] = await Promise.all([test.start('store'), test.start('client')]);
      await printed(test, store, "require('fs').writeFileSync('/stored/file', 'precious')");
      const copies = await Promise.all(['aaaaaaaaaa', 'bbbbbbbbbb'].map((lease) => startCopy(test, store, lease)));
      expect(await Promise.all([store, ...copies].map(answerOf))).toEqual(['hello', 'aaaaaaaaaa', 'bbbbbbbbbb']);

      const names = ['store', 'main-store', 'kept', 'store-aaaaaaaaaa', 'store-bbbbbbbbbb'];
      const lookUp = names.map((name) => `require('dns').promises.lookup('${name}', { all: true })`);
      const script = `Promise.all([${lookUp}]).then((all) => console.log(JSON.stringify(all.map((one) => one.map((a) => a.address)))))`;
      const addresses = JSON.parse(await printed(test, client, script)) as string[][];
      expect(addresses.map(({ length }) => length)).toEqual([1, 1, 1, 1, 1]);
      expect(new Set(addresses.flat()).size).toBe(3);
      expect(new Set(addresses.slice(0, 3).flat()).size).toBe(1);

      const look = "console.log(process.env.HOSTNAME, require('fs').readdirSync('/stored'))";
      expect(await printed(test, copies[0] as RunningService, look)).toMatch(/^[0-9a-f]{12} \[\]$/);
      expect(await printed(test, store, look)).toBe("store-host [ 'file' ]");

      const before = await test.inventory();
      await Promise.all(copies.map((copy) => test.runtime.remove(copy)));
      expect(before.length - (await test.inventory()).length).toBe(4);
      expect(await answerOf(store)).toBe('hello');
    });
  });

  it('is labelled with its lease, tells of its end, and takes few requests', async () => {
    await withDockerRuntime([answering('api', { labels: { 'proxy.host': 'api' } })], async (test) => {
      const started = await test.start('api');
      const { service } = started;
      const definition = { ...service.definition, stopGracePeriodMs: 60_000 };
      // What it is given to end itself is not waited for.
      const api = { ...started, service: { ...service, definition } };
      const progress = test.progress.length;
      const copy = await startCopy(test, api, 'cccccccccc');
      const format =
        '{{ index .Config.Labels "dev.portside.lease" }} {{ index .Config.Labels "com.docker.compose.service" }} {{ index .Config.Labels "proxy.host" }}';
      expect(docker(['inspect', '--format', format, copy.id])).toBe('cccccccccc api');
      docker(['kill', copy.id]);
      const exited = await eventually(() => test.events.find(({ type }) => type === 'exited'));
      expect(exited).toMatchObject({ running: { id: copy.id, service: { copy: { of: 'api' } } } });
      expect(await test.runtime.exit(copy, never)).toMatchObject({ exitCode: 137 });
      await test.runtime.remove(copy);

      const requests = await requestsOf(async () => test.runtime.remove(await startCopy(test, api, 'dddddddddd')));
      expect(requests.map((request) => request.replace(/\/v[\d.]+/, ''))).toEqual([
        'POST /containers/create',
        'POST /containers/ID/start',
        'GET /containers/ID/json',
        'DELETE /containers/ID',
      ]);
      expect(test.progress).toHaveLength(progress);
    });
  });

  it('begins with what another service has left in a volume for it, and writes to one of its own', async () => {
    const mounts = [{ type: 'volume', source: 'site', target: '/site', readOnly: false }] as const;
    const server = answering('server', { kind: 'http', mounts });
    await withDockerRuntime([server, answering('builder', { mounts })], async (test) => {
      const [original, builder] = await Promise.all([test.start('server'), test.start('builder')]);
      const write = "require('fs').mkdirSync('/site/a'); require('fs').writeFileSync('/site/a/page', 'built')";
      await printed(test, builder, write);
      const copy = await startCopy(test, original, 'kkkkkkkkkk');
      const read = "console.log(require('fs').readFileSync('/site/a/page', 'utf8'))";
      expect(await printed(test, copy, read)).toBe('built');
      await printed(test, copy, "require('fs').writeFileSync('/site/a/page', 'changed')");
      expect(await printed(test, original, read)).toBe('built');
    });
  });

  it('reads what it alone is given in a secret', async () => {
    const secrets = [{ source: 'token', target: '/run/secrets/token' }];
    await withDockerRuntime(
      [answering('api', { secrets })],
      async (test) => {
        const api = await test.start('api');
        const { service } = api;
        const own = { ...service.definition, secrets: secrets.map((grant) => ({ ...grant, content: 'leased' })) };
        const copy = await startCopy(test, { service: { ...service, definition: own } }, 'jjjjjjjjjj');
        const read = "console.log(require('fs').readFileSync('/run/secrets/token', 'utf8'))";
        expect([await printed(test, api, read), await printed(test, copy, read)]).toEqual(['shared', 'leased']);
      },
      { secrets: { token: { type: 'content', content: 'shared' } } },
    );
  });

  it('goes with its environment', async () => {
    await withDockerRuntime([answering('api')], async (test) => {
      const api = await test.start('api');
      await Promise.all(['e', 'f', 'g', 'h'].map((letter) => startCopy(test, api, letter.repeat(10))));
      await test.runtime.stop();
      expect(await test.inventory()).toEqual([]);
    });
  });

  it('is refused where two would share their ports', async () => {
    await withDockerRuntime([answering('api', { container: { networkMode: 'host' } })], async (test) => {
      const service = { ...(await test.start('api')).service };
      const copying = startCopy(test, { service }, 'iiiiiiiiii');
      await expect(copying).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
    });
  });
});

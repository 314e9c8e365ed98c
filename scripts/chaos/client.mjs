import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Announcer, Listener } from '../../dist/broadcast/index.js';
import { BroadcastStrategy, DiscoveryClient, RegistryStrategy } from '../../dist/entries/discovery.js';
import { startClock } from './clock.mjs';

/** A client: it looks for every service again and again and calls what it finds; when asked, it says what it can find now. */
export async function start({ names, registry, channel, secret }) {
  const counts = { answered: 0, refused: 0, notFound: 0, wrong: 0 };
  const now = startClock((line) => void report(line));
  const options = { secret, now, channels: [channel] };
  const asking = new Announcer(options);
  const discovery = new DiscoveryClient({
    strategies: [
      new RegistryStrategy({ registry }),
      new BroadcastStrategy({
        listener: () => new Listener(options),
        ask: (name) => asking.ask(name),
        stop: () => asking.stop(),
        channel,
        timeoutMs: 1500,
        now,
      }),
    ],
  });

  async function report(line) {
    const [command, number] = line.split(' ');
    if (command !== 'report') return;
    const found = {};
    await Promise.all(
      names.map(async (name) => {
        const endpoints = await discovery.discoverAll(name).catch(() => []);
        const answers = await Promise.all(endpoints.map(async (endpoint) => [endpoint.id, await ask(endpoint)]));
        found[name] = answers.map(([id, answer]) => (id === answer ? id : `${id}: ${answer}`)).sort();
      }),
    );
    process.stdout.write(`${JSON.stringify({ number: Number(number), found, counts })}\n`);
  }

  process.stdout.write('ready\n');
  for (;;) {
    for (const name of names) {
      try {
        const endpoint = await discovery.discover(name);
        const answer = await ask(endpoint);
        if (answer === endpoint.id) counts.answered++;
        else {
          // What has its port now may be another service.
          if (answer === 'refused') counts.refused++;
          else counts.wrong++;
          discovery.reportFailure(endpoint);
        }
      } catch {
        counts.notFound++;
      }
    }
    await sleep(20);
  }
}

function ask({ host, port }) {
  return new Promise((resolve) => {
    const request = get({ host, port, agent: false, timeout: 1000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => resolve(text));
      response.on('error', () => resolve('refused'));
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve('refused'));
  });
}

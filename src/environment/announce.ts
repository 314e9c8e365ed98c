import { setTimeout as sleep } from 'node:timers/promises';
import type { BroadcastSettings, Listener } from '../broadcast/index.js';
import type { Endpoint, EnvironmentInfo, EnvironmentState, Frame, Telemetry } from '../model/index.js';
import type { ServiceRegistry } from '../registry/index.js';

/** The part of an environment that is announced. */
export interface AnnouncedEnvironment {
  readonly info: Pick<EnvironmentInfo, 'key' | 'project'>;
  readonly registry: ServiceRegistry;
  readonly state: EnvironmentState;
  subscribe(listener: (frame: Frame) => void): () => void;
}

/** How an environment is announced. */
export interface AnnouncingOptions {
  readonly settings: BroadcastSettings;
  readonly secret: string;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  readonly telemetry: Telemetry;
}

/** How long after it is ready an environment is announced, in milliseconds: first those go on who have waited for it. */
const quietMs = 200;

/**
 * Announces the environment's healthy services by multicast from when it is ready until it stops, and answers whoever asks for
 * one, so that processes without a common parent find it. `options` is called when the environment is ready; `undefined` means that it
 * is not announced. What goes wrong is logged, never thrown: nothing waits for it.
 */
export function announceEnvironment(
  environment: AnnouncedEnvironment,
  options: () => Promise<AnnouncingOptions | undefined>,
  log: Telemetry['log'],
): void {
  let end: (() => Promise<void>) | undefined;
  let begun = false;
  const follow = async ({ state }: EnvironmentState): Promise<void> => {
    if (state === 'ready' && !begun) {
      begun = true;
      await sleep(quietMs, undefined, { ref: false });
      if (environment.state.state === 'ready') end = await begin(environment, options);
    } else if (state !== 'ready' && state !== 'starting') {
      unsubscribe();
    }
    // It may have stopped while what announces was loaded.
    if (environment.state.state !== 'ready') await end?.();
  };
  const unsubscribe = environment.subscribe((frame) => {
    if (frame.type !== 'state') return;
    follow(frame.state).catch((err) => log('warn', 'Cannot announce the environment', { err }));
  });
}

async function begin(
  { info, registry }: AnnouncedEnvironment,
  options: () => Promise<AnnouncingOptions | undefined>,
): Promise<(() => Promise<void>) | undefined> {
  const given = await options();
  if (given === undefined) return undefined;
  const { settings, secret, now, telemetry } = given;
  const { Announcer, Listener, optionsOfSection } = await import('../broadcast/index.js');
  const { announcer: announcerOptions, listener: listenerOptions } = optionsOfSection(settings, {
    secret,
    now,
    telemetry,
  });
  const announcer = new Announcer(announcerOptions);
  const listener: Listener = new Listener(listenerOptions);
  const warn = (err: unknown): void => telemetry.log('warn', 'Cannot announce a service', { err });
  const tell = (action: 'register' | 'update' | 'deregister', endpoint: Endpoint): void => {
    const { id, name, host, port, protocol, version, healthUrl } = endpoint;
    const metadata = { ...endpoint.metadata, environment: info.key, project: info.project };
    const optional = {
      ...(version === undefined ? {} : { version }),
      ...(healthUrl === undefined ? {} : { healthUrl }),
    };
    announcer.announce(action, { id, name, host, port, protocol, metadata, ...optional }).catch(warn);
  };
  const told = new Set<string>();
  const follow = (endpoint: Endpoint, gone: boolean): void => {
    if (!gone && endpoint.status === 'healthy') {
      tell(told.has(endpoint.id) ? 'update' : 'register', endpoint);
      told.add(endpoint.id);
    } else if (told.delete(endpoint.id)) tell('deregister', endpoint);
  };
  const unsubscribe = registry.subscribe(({ type, endpoint }) => follow(endpoint, type === 'deregistered'));
  for (const endpoint of registry.list()) follow(endpoint, false);
  listener.onQuestion((name) => announcer.answer(name));
  await listener.start().catch(warn);
  return async () => {
    unsubscribe();
    await Promise.all([announcer.stop(), listener.stop()]);
  };
}

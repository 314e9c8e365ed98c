import { type PlannedService, serviceNames } from '../../model/index.js';

const url = /\b(?:redis|valkey)s?:\/\/(?:[^\s/@]*@)?([^\s:/@]+)(?::\d+)?\/(\d+)/gi;

/** Gives the numbers of the service's databases that URLs in the environments and commands of all services name. */
export function namedNumbers(service: PlannedService, services: readonly PlannedService[]): ReadonlySet<number> {
  const names = new Set(serviceNames(service).map((name) => name.toLowerCase()));
  const found = services.flatMap(textsOf).flatMap((text) => [...text.matchAll(url)]);
  const own = found.filter(([, host = '']) => names.has(host.toLowerCase()));
  return new Set(own.map(([, , number]) => Number(number)));
}

function textsOf({ definition }: PlannedService): readonly string[] {
  const { environment = {}, command = [], entrypoint = [], embedded } = definition;
  const ofProgram = [...Object.values(embedded?.environment ?? {}), ...(embedded?.command ?? [])];
  return [...Object.values(environment), ...command, ...entrypoint, ...ofProgram];
}

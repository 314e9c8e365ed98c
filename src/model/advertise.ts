import { splitTemplate } from './placeholders.js';
import type { BoundPort, PortDefinition } from './port.js';

/** Environment variables in which a service is told its own host address: texts with `{host}`, `{port}` and `{ports.TARGET}`. */
export type AdvertisedVariables = Readonly<Record<string, string>>;

type NamedPort = Pick<PortDefinition, 'target' | 'protocol' | 'name'>;

/** Fills the variables with real addresses. `ports` are all ports of the service, the main one first. */
export function fillAdvertised(variables: AdvertisedVariables, ports: readonly BoundPort[]): Record<string, string> {
  const fill = (text: string): string =>
    splitTemplate(text)
      .map((part) => {
        if (typeof part === 'string') return part;
        const bound = portNamed(part.placeholder, ports);
        return String((part.placeholder === 'host' ? bound?.host : bound?.port) ?? '');
      })
      .join('');
  return Object.fromEntries(Object.entries(variables).map(([name, text]) => [name, fill(text)]));
}

/** Gives the ports that the variables name; their host ports must be known before the program starts. */
export function advertisedPorts<Port extends NamedPort>(
  variables: AdvertisedVariables,
  ports: readonly Port[],
): readonly Port[] {
  const named = new Set(
    Object.values(variables).flatMap((text) =>
      splitTemplate(text).flatMap((part) => {
        if (typeof part === 'string' || part.placeholder === 'host') return [];
        return portNamed(part.placeholder, ports) ?? [];
      }),
    ),
  );
  return ports.filter((port) => named.has(port));
}

/** Gives the first placeholder in a text that stands for nothing that a service with these ports has. */
export function unknownPlaceholder(text: string, ports: readonly NamedPort[]): string | undefined {
  for (const part of splitTemplate(text)) {
    if (typeof part !== 'string' && portNamed(part.placeholder, ports) === undefined) return part.placeholder;
  }
  return undefined;
}

/** The port that a placeholder is about; `host` is about the main one. */
function portNamed<Port extends NamedPort>(placeholder: string, ports: readonly Port[]): Port | undefined {
  const tcpFirst = [...ports].sort((a, b) => Number(b.protocol === 'tcp') - Number(a.protocol === 'tcp'));
  if (placeholder === 'host' || placeholder === 'port') return tcpFirst[0];
  const [, wanted] = /^ports\.(.+)$/.exec(placeholder) ?? [];
  return tcpFirst.find((port) => String(port.target) === wanted || (wanted !== undefined && port.name === wanted));
}

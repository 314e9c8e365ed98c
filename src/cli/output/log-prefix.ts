import type { LogLine } from '../../model/index.js';
import type { Colors } from './colors.js';

/** Makes the function that gives the beginning of a log line: the service's name in its own colour, all equally wide. */
export function logPrefixer(services: readonly string[], colors: Colors): (line: LogLine) => string {
  const palette = [colors.cyan, colors.yellow, colors.green, colors.magenta, colors.blue, colors.cyanBright];
  const width = Math.max(0, ...services.map((service) => service.length));
  return ({ service, replica }) => {
    const color = palette[Math.max(0, services.indexOf(service)) % palette.length] ?? colors.cyan;
    const name = replica > 1 ? `${service}-${replica}` : service;
    return color(`${name.padEnd(width)} | `);
  };
}

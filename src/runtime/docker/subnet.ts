/** A range of IPv4 addresses. */
export interface Subnet {
  /** The first address as a number. */
  readonly base: number;
  /** How many leading bits are fixed. */
  readonly prefix: number;
}

// All within the ranges that Docker itself hands out, so that a host which lives with Docker's own networks lives with ours.
const areas: readonly Subnet[] = ['172.30.0.0/16', '172.29.0.0/16', '172.28.0.0/16', '192.168.224.0/20'].map(must);

/** Reads `10.0.0.0/24`; `undefined` for IPv6 and whatever else is no IPv4 range. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [a = 0, b = 0, c = 0, d = 0, prefix = 0] = match.slice(1).map(Number);
  if (Math.max(a, b, c, d) > 255 || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  return { base: Math.floor(address / size) * size, prefix };
}

/** Writes a subnet as `10.0.0.0/24`. */
export function formatSubnet({ base, prefix }: Subnet): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${prefix}`;
}

/** Tells whether two subnets share an address. */
export function overlaps(left: Subnet, right: Subnet): boolean {
  const size = 2 ** (32 - Math.min(left.prefix, right.prefix));
  return Math.floor(left.base / size) === Math.floor(right.base / size);
}

/** Gives the prefix of a network for so many containers: room for the engine's own three addresses and eight more, at least /28. */
export function prefixFor(containers: number): number {
  return Math.min(28, 32 - Math.ceil(Math.log2(containers + 11)));
}

/**
 * Chooses a free subnet. The seed decides where the search begins, so that environments which start at the same instant
 * hardly ever choose the same one. `undefined`: nothing is free.
 */
export function chooseSubnet(taken: readonly Subnet[], prefix: number, seed: string): Subnet | undefined {
  const size = 2 ** (32 - prefix);
  for (const area of areas) {
    const blocked = taken.filter((subnet) => overlaps(subnet, area));
    const count = 2 ** (prefix - area.prefix);
    const first = hash(seed) % count;
    for (let step = 0; step < count; step += 1) {
      const candidate = { base: area.base + ((first + step) % count) * size, prefix };
      if (!blocked.some((subnet) => overlaps(subnet, candidate))) return candidate;
    }
  }
  return undefined;
}

// FNV-1a, 32 bits: spreads similar seeds.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}

function must(text: string): Subnet {
  const subnet = parseSubnet(text);
  if (subnet === undefined) throw new TypeError(`${text} is no subnet`);
  return subnet;
}

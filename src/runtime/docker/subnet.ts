/** A range of IPv4 addresses. */
export interface Subnet {
  /** The first address as a number. */
  readonly base: number;
  /** How many leading bits are fixed. */
  readonly prefix: number;
}

// All within the ranges that Docker itself hands out, so that a host which lives with Docker's own networks lives with ours.
const areas = [
  { base: addressOf('172.28.0.0'), size: 3 * 2 ** 16 },
  { base: addressOf('192.168.224.0'), size: 2 ** 12 },
];

/** Reads `10.0.0.0/24`; `undefined` for IPv6 and whatever else is no IPv4 range. */
export function parseSubnet(text: string): Subnet | undefined {
  if (!/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/.test(text)) return undefined;
  const [address = '', digits] = text.split('/');
  const prefix = Number(digits);
  if (address.split('.').some((part) => Number(part) > 255) || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return { base: Math.floor(addressOf(address) / size) * size, prefix };
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

/**
 * Gives the prefixes of a network for so many containers and copies of them, the wanted one first, then the one without room for
 * the copies: both with room for the engine's own three addresses and eight more, at least /28. A bridge takes 1,024 containers.
 */
export function prefixesFor(containers: number, copies: number): readonly [number, number] {
  const least = Math.min(28, 32 - Math.ceil(Math.log2(containers + 11)));
  const wanted = 32 - Math.ceil(Math.log2(containers + copies + 11));
  return [Math.min(least, Math.max(22, wanted)), least];
}

/**
 * Chooses a free subnet of the first prefix for which there is one. The seed decides where the search begins, so that environments which start at the same instant
 * hardly ever choose the same one. `undefined`: nothing is free.
 */
export function chooseSubnet(taken: readonly Subnet[], prefixes: readonly number[], seed: string): Subnet | undefined {
  for (const prefix of prefixes) {
    const subnet = chooseOf(taken, prefix, seed);
    if (subnet !== undefined) return subnet;
  }
  return undefined;
}

function chooseOf(taken: readonly Subnet[], prefix: number, seed: string): Subnet | undefined {
  const size = 2 ** (32 - prefix);
  for (const area of areas) {
    const count = area.size / size;
    const first = hash(seed) % count;
    for (let step = 0; step < count; step += 1) {
      const candidate = { base: area.base + ((first + step) % count) * size, prefix };
      if (!taken.some((subnet) => overlaps(subnet, candidate))) return candidate;
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

function addressOf(text: string): number {
  return text.split('.').reduce((address, part) => address * 256 + Number(part), 0);
}

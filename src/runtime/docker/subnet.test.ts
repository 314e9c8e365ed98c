import { describe, expect, it } from 'vitest';
import { chooseSubnet, formatSubnet, overlaps, parseSubnet, prefixesFor, type Subnet } from './subnet.js';

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

describe('parseSubnet', () => {
  it('reads an IPv4 range and drops the host part', () => {
    expect(formatSubnet(subnet('192.168.7.9/24'))).toBe('192.168.7.0/24');
    expect(formatSubnet(subnet('255.255.255.255/32'))).toBe('255.255.255.255/32');
    expect(formatSubnet(subnet('1.2.3.4/0'))).toBe('0.0.0.0/0');
  });

  it('gives nothing for IPv6 and for text that is no range', () => {
    for (const text of ['fd00::/64', '10.0.0.0', '10.0.0.256/8', '10.0.0.0/33', '']) {
      expect(parseSubnet(text)).toBeUndefined();
    }
  });
});

describe('overlaps', () => {
  it('holds when one lies in the other, in either order', () => {
    expect(overlaps(subnet('10.0.0.0/8'), subnet('10.9.0.0/16'))).toBe(true);
    expect(overlaps(subnet('10.9.0.0/16'), subnet('10.0.0.0/8'))).toBe(true);
    expect(overlaps(subnet('10.9.0.0/16'), subnet('10.8.0.0/16'))).toBe(false);
  });
});

describe('prefixesFor', () => {
  it('gives /28 to a few containers and more room to many', () => {
    expect([1, 5, 6, 21, 300].map((count) => prefixesFor(count, 0)[1])).toEqual([28, 28, 27, 27, 23]);
  });

  it('wants room for copies, for as many as a bridge takes', () => {
    expect([0, 20, 520, 5000].map((copies) => prefixesFor(3, copies))).toEqual([
      [28, 28],
      [26, 28],
      [22, 28],
      [22, 28],
    ]);
  });
});

describe('chooseSubnet', () => {
  it('finds fifty subnets that share no address', () => {
    const chosen: Subnet[] = [];
    for (let index = 0; index < 50; index += 1) {
      const next = chooseSubnet(chosen, [28], 'the same seed each time');
      expect(next).toBeDefined();
      if (next !== undefined) chosen.push(next);
    }
    for (const [index, left] of chosen.entries()) {
      expect(chosen.slice(index + 1).some((right) => overlaps(left, right))).toBe(false);
    }
  });

  it('passes over what is taken', () => {
    const taken = [subnet('172.30.0.0/16'), subnet('172.29.0.0/17')];
    const chosen = chooseSubnet(taken, [28], 'x');
    expect(chosen && taken.some((other) => overlaps(other, chosen))).toBe(false);
  });

  it('starts at different places for different seeds', () => {
    expect(chooseSubnet([], [28], 'a1b2c3d4')).not.toEqual(chooseSubnet([], [28], 'a1b2c3d5'));
  });

  it('takes the next prefix where there is none of the first', () => {
    const taken = [subnet('172.28.0.0/15'), subnet('172.30.0.0/16'), subnet('192.168.224.0/21')];
    const chosen = chooseSubnet(taken, [20, 24], 'x');
    expect(chosen && formatSubnet(chosen)).toMatch(/^192\.168\.2(3[2-9])\.0\/24$/);
  });

  it('gives nothing when all is taken', () => {
    expect(chooseSubnet([subnet('0.0.0.0/0')], [28, 29], 'x')).toBeUndefined();
  });
});

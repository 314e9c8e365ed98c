/**
 * Adds to one file's counts those of another measurement of the same file, in place. Two compilers put a node of the source at places that
 * differ by some columns, so that merging by place would count nearly every statement twice; but both keep all nodes, in their
 * order. Gives false, and adds nothing, where the two have not the same nodes.
 */
export function addHits(into, other) {
  if (shapeOf(into) !== shapeOf(other)) return false;
  for (const hits of ['s', 'f', 'b']) {
    const theirs = Object.values(other[hits]);
    for (const [index, key] of Object.keys(into[hits]).entries()) into[hits][key] = sum(into[hits][key], theirs[index]);
  }
  return true;
}

function shapeOf({ s, f, branchMap }) {
  const branches = Object.values(branchMap).map(({ type, locations }) => `${type}:${locations.length}`);
  return [Object.keys(s).length, Object.keys(f).length, ...branches].join(' ');
}

function sum(one, two) {
  return Array.isArray(one) ? one.map((hits, index) => hits + two[index]) : one + two;
}

/**
 * Adds to one file's counts those of another measurement of the same file, in place. Two compilers put a node of the source at places that
 * differ by some columns, so that merging by place would count nearly every statement twice; but both keep all nodes, in their
 * order. Where one of them has put two nodes at one place, and so lost one, what begins at the same place is added, and the rest of
 * the other measurement dropped: nothing counts that has not run.
 */
export function addHits(into, other) {
  for (const { hits, items, kindOf, startOf } of PARTS) {
    const [mine, theirs] = [Object.keys(into[hits]), Object.keys(other[hits])];
    const kinds = (coverage, keys) => keys.map((key) => kindOf(coverage[items][key])).join(' ');
    const sameShape = kinds(into, mine) === kinds(other, theirs);
    const starts = new Map(theirs.map((key) => [startOf(other[items][key]), key]));
    for (const [index, key] of mine.entries()) {
      const match = sameShape ? theirs[index] : starts.get(startOf(into[items][key]));
      if (match !== undefined) into[hits][key] = sum(into[hits][key], other[hits][match]);
    }
  }
}

const start = (location) => `${location.start.line}:${location.start.column}`;

const PARTS = [
  { hits: 's', items: 'statementMap', kindOf: () => 's', startOf: start },
  { hits: 'f', items: 'fnMap', kindOf: () => 'f', startOf: ({ loc }) => start(loc) },
  {
    hits: 'b',
    items: 'branchMap',
    kindOf: ({ type, locations }) => `${type}:${locations.length}`,
    startOf: ({ type, locations }) => [type, ...locations.map(start)].join(' '),
  },
];

function sum(one, two) {
  return Array.isArray(one) ? one.map((hits, index) => hits + two[index]) : one + two;
}

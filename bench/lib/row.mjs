/**
 * Makes a row of a bench. `limit`: the most that `value` may be, where there is a target; `floor`: what `ratio` compares `whole`
 * (default: `value`) with.
 */
export function row({ id, what, value, whole = value, unit, against = '', floor, limit }) {
  return {
    id,
    what,
    value: rounded(value),
    unit,
    against,
    ratio: floor === undefined ? null : rounded(whole / floor),
    target: limit === undefined ? null : `<= ${limit}`,
    met: limit === undefined ? null : value <= limit,
  };
}

function rounded(value) {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

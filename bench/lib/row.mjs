/**
 * Makes a row of a bench. `floor`: what `ratio` compares `whole` (default: `value`) with. Where there is a target: `limit` is the
 * most that `value` may be, or `ratioLimit` the most that `ratio` may be.
 */
export function row({ id, what, value, whole = value, unit, against = '', floor, limit, ratioLimit }) {
  const target = limit !== undefined ? `<= ${limit}` : ratioLimit !== undefined ? `ratio <= ${ratioLimit}` : null;
  return {
    id,
    what,
    value: rounded(value),
    unit,
    against,
    ratio: floor === undefined ? null : rounded(whole / floor),
    target,
    met: target === null ? null : limit !== undefined ? value <= limit : whole / floor <= ratioLimit,
  };
}

function rounded(value) {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

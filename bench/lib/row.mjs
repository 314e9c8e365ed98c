/**
 * Makes a row of a bench. `floor`: what `ratio` compares `whole` (default: `value`) with. Where there is a target: `limit` is the
 * most that `value` may be, `atLeast` the least, `ratioLimit` the most that `ratio` may be, or `ratioAtLeast` the least.
 */
export function row({
  id,
  what,
  value,
  whole = value,
  unit,
  against = '',
  floor,
  limit,
  atLeast,
  ratioLimit,
  ratioAtLeast,
}) {
  const [target, met] =
    limit !== undefined
      ? [`<= ${limit}`, value <= limit]
      : atLeast !== undefined
        ? [`>= ${atLeast}`, value >= atLeast]
        : ratioLimit !== undefined
          ? [`ratio <= ${ratioLimit}`, whole / floor <= ratioLimit]
          : ratioAtLeast !== undefined
            ? [`ratio >= ${ratioAtLeast}`, whole / floor >= ratioAtLeast]
            : [null, null];
  return {
    id,
    what,
    value: rounded(value),
    unit,
    against,
    ratio: floor === undefined ? null : rounded(whole / floor),
    target,
    met,
  };
}

function rounded(value) {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

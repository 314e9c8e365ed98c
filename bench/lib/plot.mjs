const width = 640;
const height = 360;
const margin = { left: 70, right: 20, top: 40, bottom: 50 };

/** Draws points as a line over two linear scales from zero, with a dashed line through zero and the last point: a linear cost lies on it. */
export function plot({ title, xLabel, yLabel, points }) {
  const xs = scale(
    points.map(({ x }) => x),
    margin.left,
    width - margin.right,
  );
  const ys = scale(
    points.map(({ y }) => y),
    height - margin.bottom,
    margin.top,
  );
  const at = ({ x, y }) => `${xs.at(x).toFixed(1)},${ys.at(y).toFixed(1)}`;
  const last = points.at(-1);
  const dots = points.map((point) => `<circle cx="${xs.at(point.x)}" cy="${ys.at(point.y)}" r="3.5" fill="#2563eb"/>`);
  const xTicks = xs.ticks.map(
    (x) =>
      `<line x1="${xs.at(x)}" x2="${xs.at(x)}" y1="${ys.at(0)}" y2="${ys.at(0) + 5}" stroke="#555"/>` +
      `<text x="${xs.at(x)}" y="${ys.at(0) + 19}" text-anchor="middle">${x}</text>`,
  );
  const yTicks = ys.ticks.map(
    (y) =>
      `<line x1="${xs.at(0)}" x2="${width - margin.right}" y1="${ys.at(y)}" y2="${ys.at(y)}" stroke="#e5e5e5"/>` +
      `<text x="${xs.at(0) - 8}" y="${ys.at(y) + 4}" text-anchor="end">${y}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">
<rect width="${width}" height="${height}" fill="white"/>
<text x="${width / 2}" y="22" text-anchor="middle" font-size="15">${title}</text>
${yTicks.join('\n')}
${xTicks.join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 10}" text-anchor="middle">${xLabel}</text>
<text x="16" y="${height / 2}" text-anchor="middle" transform="rotate(-90 16 ${height / 2})">${yLabel}</text>
<line x1="${xs.at(0)}" y1="${ys.at(0)}" x2="${xs.at(last.x)}" y2="${ys.at(last.y)}" stroke="#999" stroke-dasharray="4 4"/>
<polyline points="${points.map(at).join(' ')}" fill="none" stroke="#2563eb" stroke-width="2"/>
${dots.join('\n')}
</svg>
`;
}

/** A linear scale from zero to a round number above the largest value. */
function scale(values, from, to) {
  const largest = Math.max(...values, 1);
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * magnitude).find((size) => largest / size <= 6) ?? magnitude;
  const end = Math.ceil(largest / step) * step;
  const count = Math.round(end / step);
  return {
    at: (value) => from + ((to - from) * value) / end,
    ticks: Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(6))),
  };
}

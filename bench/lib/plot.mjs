const width = 640;
const height = 360;
const margin = { left: 70, right: 20, top: 56, bottom: 50 };

/**
 * Draws points as a line over two linear scales from zero, as the text of an SVG picture, with the straight line that fits them best, dashed:
 * a linear cost lies on it. Under the title stands what that line says; R² is 1 where every point lies on it.
 */
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
  const line = straightLine(points);
  const largest = points.at(-1).x;
  const on = (x) => at({ x, y: Math.max(0, line.base + line.each * x) });
  const says = `${rounded(line.base)} ${yLabel} and ${rounded(line.each)} ${yLabel} for each, R² ${line.fit.toFixed(3)}`;
  const dots = points.map(
    (point) => `<circle cx="${xs.at(point.x).toFixed(1)}" cy="${ys.at(point.y).toFixed(1)}" r="3.5" fill="#2563eb"/>`,
  );
  const xTicks = xs.ticks.map(
    (x) =>
      `<line x1="${xs.at(x).toFixed(1)}" x2="${xs.at(x).toFixed(1)}" y1="${ys.at(0)}" y2="${ys.at(0) + 5}" stroke="#555"/>` +
      `<text x="${xs.at(x).toFixed(1)}" y="${ys.at(0) + 19}" text-anchor="middle">${x}</text>`,
  );
  const yTicks = ys.ticks.map(
    (y) =>
      `<line x1="${xs.at(0)}" x2="${width - margin.right}" y1="${ys.at(y).toFixed(1)}" y2="${ys.at(y).toFixed(1)}" stroke="#e5e5e5"/>` +
      `<text x="${xs.at(0) - 8}" y="${(ys.at(y) + 4).toFixed(1)}" text-anchor="end">${y}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#333">
<title>${title}: ${says}</title>
<rect width="${width}" height="${height}" fill="white"/>
<text x="${width / 2}" y="20" text-anchor="middle" font-size="15">${title}</text>
<text x="${width / 2}" y="38" text-anchor="middle" fill="#777">${says}</text>
${yTicks.join('\n')}
${xTicks.join('\n')}
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 10}" text-anchor="middle">${xLabel}</text>
<text x="16" y="${height / 2}" text-anchor="middle" transform="rotate(-90 16 ${height / 2})">${yLabel}</text>
<polyline points="${on(0)} ${on(largest)}" fill="none" stroke="#999" stroke-dasharray="4 4"/>
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

/** The straight line with the least squared distance from the points: `base` at zero, `each` for one more, and how well it fits. */
function straightLine(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const sum = (term) => points.reduce((total, point) => total + term(point), 0);
  const each = sum((point) => (point.x - x) * (point.y - y)) / sum((point) => (point.x - x) ** 2);
  const base = y - each * x;
  const off = sum((point) => (point.y - base - each * point.x) ** 2);
  return { base, each, fit: 1 - off / sum((point) => (point.y - y) ** 2) };
}

function rounded(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(2));
}

/** The labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/** So many series of one metric are told apart; what comes later shares one. */
const mostSeries = 1000;

/** The label that can be any name, and what it says for those that share a series. */
const unbounded = 'service_name';
const other = 'other';

/** The series of one metric, made when they are first asked for. */
export class SeriesSet<Series> {
  readonly all: { readonly labels: Labels; readonly series: Series }[] = [];
  readonly #names: readonly string[];
  readonly #make: (labels: Labels) => Series;
  readonly #byKey = new Map<string, Series>();

  /** `names`: the labels of the metric. */
  constructor(names: readonly string[], make: (labels: Labels) => Series) {
    this.#names = names;
    this.#make = make;
  }

  /** Gives the series with these labels. */
  of(labels: Labels): Series {
    let key = '';
    for (const name of this.#names) key += `${labels[name]}\n`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    // Names come from outside as well: whoever invents them must not fill the memory.
    if (this.all.length >= mostSeries && (labels[unbounded] ?? other) !== other) {
      return this.of({ ...labels, [unbounded]: other });
    }
    const series = this.#make(labels);
    this.#byKey.set(key, series);
    this.all.push({ labels, series });
    return series;
  }
}

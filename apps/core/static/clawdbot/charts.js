// Charts of the admin's pages, drawn by uPlot in the colours of the theme. A page loads
// clawdbot/vendor/uplot-….min.js and .css, clawdbot/charts.css, and this as a module.
//
// new Chart(place, { lines: [{ key, label, color: "--cb-series-1", kind: "line" | "bar" | "area" }],
//   isStacked, show: (value) => text, most, marks: [distances of the axis], empty, name, together, onPick: (since, until) => {} })
// chart.set({ starts: [seconds], until, step, columns: { key: [number or null] } })

const GAP = 0.12; // of a step, between bars
const DAY = 86400;
const language = document.documentElement.lang || "en";
const PATTERNS = [
  [1.1 * DAY, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }],
  [8 * DAY, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }],
  [Infinity, { month: "short", day: "numeric" }],
];
const drawn = new Set();

export function momentText(seconds, step = 60) {
  const day = { month: "short", day: "numeric" };
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const pattern = step >= DAY ? { weekday: "short", ...day } : { ...day, ...time };
  return new Intl.DateTimeFormat(language, pattern).format(1000 * seconds);
}

// The colour that a custom property stands for, as a canvas understands it.
function colorOf(name, place) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  place.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return color;
}

export class Chart {
  constructor(place, options) {
    this.place = place;
    this.options = { show: String, lines: [], ...options };
    this.lines = this.options.lines;
    this.hidden = new Set();
    this.data = null;
    this.plot = null;
    this.build();
    drawn.add(this);
  }

  build() {
    const make = (name, className) => {
      const element = document.createElement(name);
      element.className = className;
      return element;
    };
    this.legend = make("div", "cb-chart-legend");
    this.canvas = make("div", "cb-chart-plot");
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "application"); // arrow keys move along the steps
    this.canvas.setAttribute("aria-label", this.options.name ?? "");
    this.none = make("p", "cb-chart-none");
    this.none.textContent = this.options.empty ?? "";
    this.none.hidden = true;
    this.told = make("p", "cb-visually-hidden");
    this.told.setAttribute("aria-live", "polite");
    this.when = make("span", "cb-chart-when");
    this.canvas.append(this.none, this.when);
    this.place.classList.add("cb-chart");
    this.place.replaceChildren(this.legend, this.canvas, this.told);
    this.makeLegend();
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  makeLegend() {
    this.values = new Map();
    const buttons = this.lines.map((line) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", String(!this.hidden.has(line.key)));
      const swatch = document.createElement("span");
      swatch.className = "cb-swatch";
      swatch.style.setProperty("--swatch", `var(${line.color})`);
      const value = document.createElement("strong");
      this.values.set(line.key, value);
      button.append(swatch, line.label, value);
      button.addEventListener("click", () => this.toggle(line.key, button));
      return button;
    });
    this.legend.replaceChildren(...buttons);
  }

  // Other lines from now on; those that were hidden stay so.
  setLines(lines) {
    const asText = (some) => JSON.stringify(some.map(({ key, label }) => [key, label]));
    if (asText(lines) === asText(this.lines)) return;
    this.lines = lines;
    this.makeLegend();
    this.redraw();
  }

  toggle(key, button) {
    if (this.hidden.has(key)) this.hidden.delete(key);
    else this.hidden.add(key);
    button.setAttribute("aria-pressed", String(!this.hidden.has(key)));
    this.redraw();
  }

  set(data) {
    const isSame = this.data && this.plot && this.data.starts.length === data.starts.length;
    this.data = data;
    const isEmpty = !this.lines.some(({ key }) => data.columns[key]?.some((value) => value));
    this.place.toggleAttribute("data-empty", isEmpty);
    this.none.hidden = !isEmpty;
    if (isSame) this.plot.setData(this.columns());
    else this.redraw();
    this.tell();
  }

  shown() {
    return this.lines.filter(({ key }) => !this.hidden.has(key));
  }

  // Stacked, the tallest comes first, so that each lower one covers its part.
  columns() {
    const { starts, columns } = this.data;
    const nothing = starts.map(() => null);
    if (!this.options.isStacked) return [starts, ...this.shown().map(({ key }) => columns[key] ?? nothing)];
    const sums = starts.map(() => 0);
    const stacked = this.shown().map(({ key }) =>
      (columns[key] ?? nothing).map((value, at) => (sums[at] += value ?? 0)),
    );
    return [starts, ...stacked.reverse()];
  }

  redraw() {
    this.plot?.destroy();
    this.plot = null;
    if (!this.data || !this.canvas.clientWidth) return;
    this.plot = new uPlot(this.settings(), this.columns(), this.canvas);
  }

  resize() {
    if (!this.plot) this.redraw();
    else this.plot.setSize({ width: this.canvas.clientWidth, height: this.canvas.clientHeight });
  }

  settings() {
    const axis = {
      stroke: colorOf("--cb-muted", this.place),
      font: `12px ${getComputedStyle(this.place).fontFamily}`,
      grid: { stroke: colorOf("--cb-line", this.place), width: 1 },
      ticks: { show: false },
    };
    const show = this.options.show;
    const times = (_plot, splits) => {
      const span = this.data.until - this.data.starts[0];
      const [, pattern] = PATTERNS.find(([most]) => span <= most);
      const format = new Intl.DateTimeFormat(language, pattern);
      return splits.map((seconds) => format.format(1000 * seconds));
    };
    return {
      width: this.canvas.clientWidth,
      height: this.canvas.clientHeight,
      legend: { show: false },
      padding: [8, 20, 0, 0],
      cursor: {
        sync: this.options.together ? { key: this.options.together } : undefined,
        drag: { x: Boolean(this.options.onPick), y: false, setScale: false },
        points: { show: !this.options.isStacked },
        y: false,
      },
      scales: {
        x: { time: true, range: () => [this.data.starts[0], this.data.until] },
        y: { range: (_plot, _least, most) => [0, this.top(most)] },
      },
      axes: [
        { ...axis, values: times, space: 72, size: 26, gap: 6, grid: { show: false } },
        { ...axis, values: (_plot, splits) => splits.map((value) => show(value)), size: (_p, values) => 14 + 7 * Math.max(3, ...(values ?? []).map((one) => String(one).length)), space: 36, ...this.marks() },
      ],
      series: [{}, ...this.series()],
      hooks: {
        setCursor: [() => this.tell()],
        ready: [(plot) => this.listen(plot)],
        setSelect: [(plot) => this.selected(plot)],
      },
    };
  }

  marks() {
    return this.options.marks ? { incrs: this.options.marks } : {};
  }

  top(most) {
    const given = this.options.most;
    if (given) return given;
    return most > 0 ? 1.08 * most : 1;
  }

  series() {
    const lines = this.shown().map((line) => {
      const color = colorOf(line.color, this.place);
      if (line.kind === "bar") {
        const paths = uPlot.paths.bars({ size: [1 - GAP, Infinity], align: 1 });
        return { fill: color, stroke: color, width: 0, paths, points: { show: false } };
      }
      const fill = line.kind === "area" ? color : undefined;
      const dash = line.isDashed ? [4, 4] : undefined;
      return { stroke: color, fill, dash, width: line.kind === "area" ? 0 : 2, points: { show: this.isLonely(line.key), size: 6, fill: color }, spanGaps: false };
    });
    return this.options.isStacked ? lines.reverse() : lines;
  }

  // Few values among gaps would not be seen as a line.
  isLonely(key) {
    const column = this.data.columns[key] ?? [];
    return column.some((value, at) => value !== null && (column[at - 1] ?? null) === null && (column[at + 1] ?? null) === null);
  }

  listen(plot) {
    if (!this.options.onPick) return;
    plot.over.addEventListener("click", () => {
      if (plot.select.width <= 0 && plot.cursor.idx !== null) this.pick(plot.cursor.idx, plot.cursor.idx);
    });
  }

  selected(plot) {
    if (plot.select.width <= 0) return;
    const { left, width } = plot.select;
    const step = (x) => {
      const seconds = plot.posToVal(x, "x");
      const after = this.data.starts.findIndex((start) => start > seconds);
      return Math.max(0, (after < 0 ? this.data.starts.length : after) - 1);
    };
    this.pick(step(left), step(left + width));
  }

  pick(first, last) {
    const { starts, until } = this.data;
    this.options.onPick?.(starts[first], starts[last + 1] ?? until);
  }

  forget() {
    this.plot?.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  }

  key(event) {
    if (!this.plot || !this.data) return;
    const last = this.data.starts.length - 1;
    const at = this.plot.cursor.idx ?? last;
    const moves = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last };
    if (event.key === "Enter" && this.options.onPick) this.pick(at, at);
    else if (event.key in moves) this.moveTo(Math.min(last, Math.max(0, moves[event.key])));
    else return;
    event.preventDefault();
  }

  moveTo(at) {
    const x = this.data.starts[at] + 0.5 * (this.data.step ?? 0);
    this.plot.setCursor({ left: this.plot.valToPos(x, "x"), top: 10 });
    const told = this.shown().map(({ key, label }) => `${label} ${this.valueAt(key, at)}`);
    this.told.textContent = [this.momentAt(at), ...told].join(", ");
  }

  momentAt(at) {
    return momentText(this.data.starts[at], this.data.step);
  }

  valueAt(key, at) {
    const value = this.data.columns[key]?.[at] ?? null;
    return value === null ? "–" : this.options.show(value);
  }

  // The values under the pointer; elsewhere those of the whole span, or the latest.
  tell() {
    if (!this.data) return;
    const at = this.plot?.cursor.idx ?? null;
    const isOver = at !== null && (this.plot?.cursor.left ?? -1) >= 0;
    this.when.textContent = isOver ? this.momentAt(at) : "";
    for (const { key } of this.lines) {
      this.values.get(key).textContent = isOver ? this.valueAt(key, at) : this.latest(key);
    }
  }

  latest(key) {
    const column = this.data.columns[key] ?? [];
    if (this.options.sum) return this.options.show(column.reduce((sum, value) => sum + (value ?? 0), 0));
    const found = column.findLast((value) => value !== null && value !== undefined);
    return found === undefined ? "–" : this.options.show(found);
  }
}

new MutationObserver(() => drawn.forEach((chart) => chart.redraw())).observe(
  document.documentElement,
  { attributeFilter: ["class"] },
);

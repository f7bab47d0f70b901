// Numbers as people of the page's language read them.
const language = document.documentElement.lang || "en";
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

export const NONE = "–";

export function number(value) {
  if (value === null || value === undefined) return NONE;
  return Math.abs(value) >= 100000 ? short.format(value) : plain.format(value);
}

export function percent(value) {
  return value === null || value === undefined ? NONE : share.format(value);
}

export function milliseconds(ms) {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 10) return `${plain.format(ms)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return seconds(ms / 1000);
}

export function seconds(s) {
  if (s === null || s === undefined) return NONE;
  if (s < 100) return `${plain.format(s)} s`;
  if (s < 6000) return span(s / 60, "minute");
  if (s < 48 * 3600) return span(s / 3600, "hour");
  return span(s / 86400, "day");
}

function span(value, unit) {
  const told = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 };
  return new Intl.NumberFormat(language, told).format(value);
}

export function bytes(value) {
  if (value === null || value === undefined) return NONE;
  const units = ["B", "KB", "MB", "GB", "TB"];
  let size = value, at = 0;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return `${plain.format(size)} ${units[at]}`;
}

// "{n} before yours" with its blanks filled.
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_whole, name) => values[name] ?? "");
}

export function ago(moment, now) {
  const spent = Math.max(0, now - moment);
  const relative = new Intl.RelativeTimeFormat(language, { style: "short", numeric: "auto" });
  if (spent < 90) return relative.format(-Math.round(spent), "second");
  if (spent < 5400) return relative.format(-Math.round(spent / 60), "minute");
  if (spent < 129600) return relative.format(-Math.round(spent / 3600), "hour");
  return relative.format(-Math.round(spent / 86400), "day");
}

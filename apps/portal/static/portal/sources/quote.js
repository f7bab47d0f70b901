/** Finds a quote in a page's words although line breaks, hyphens, widths or the order of cells differ. */

const KEPT = /[\p{L}\p{N}]/u;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
const CUTS = [/\n+/, /[|\uff5c]/, /(?<=[。！？；.!?;])\s*/];
const SEED = { cjk: 5, other: 10 };
const known = new Map();

/** Letters and figures of one character, in their plain form: "Ａ" and "a" alike, "ﬁ" as "fi". */
function plainChar(char) {
  let plain = known.get(char);
  if (plain === undefined) {
    plain = [...char.normalize("NFKD").toLowerCase()].filter((part) => KEPT.test(part)).join("");
    known.set(char, plain);
  }
  return plain;
}

/** The plain form of a text; `visit(at, length)` hears of each kept unit where it came from. */
export function plain(text, visit = () => {}) {
  let out = "";
  let at = 0;
  for (const char of text) {
    const kept = plainChar(char);
    for (let unit = 0; unit < kept.length; unit += 1) visit(at, char.length);
    out += kept;
    at += char.length;
  }
  return out;
}

function hits(words, piece) {
  const found = [];
  for (let at = words.indexOf(piece); at >= 0 && found.length < 200; at = words.indexOf(piece, at + 1)) {
    found.push(at);
  }
  return found;
}

function nearest(found, place) {
  return found.reduce((best, at) => (Math.abs(at - place) < Math.abs(best - place) ? at : best), found[0]);
}

/** The quote's pieces that stand in the words as they are: lines, else cells, else sentences. */
function pieces(words, text, level, out) {
  const piece = plain(text);
  if (!piece) return;
  const found = hits(words, piece);
  if (found.length) {
    out.push({ length: piece.length, found });
  } else if (level < CUTS.length) {
    for (const part of text.split(CUTS[level])) pieces(words, part, level + 1, out);
  } else {
    runs(words, piece, out);
  }
}

/** The longest stretches of a piece that stand in the words: what reflowed text is broken into. */
function runs(words, piece, out) {
  const seed = CJK.test(piece) ? SEED.cjk : SEED.other;
  let at = 0;
  while (at + seed <= piece.length) {
    const found = hits(words, piece.slice(at, at + seed));
    if (!found.length) {
      at += 1;
      continue;
    }
    const reach = (from) => {
      let length = seed;
      while (at + length < piece.length && piece[at + length] === words[from + length]) length += 1;
      return length;
    };
    const length = Math.max(...found.map(reach));
    out.push({ length, found: found.filter((from) => reach(from) === length) });
    at += length;
  }
}

/** Where most of the quote's certain pieces lie; without such, the middle of the longest one. */
function middle(parts, place) {
  const sure = parts.filter((part) => part.found.length === 1);
  const long = parts.reduce((best, part) => (part.length > best.length ? part : best), parts[0]);
  if (!sure.length) return nearest(long.found, place);
  const sorted = sure.map((part) => [part.found[0], part.length]).sort((a, b) => a[0] - b[0]);
  let half = sorted.reduce((sum, [, length]) => sum + length, 0) / 2;
  return sorted.find(([, length]) => (half -= length) <= 0)[0];
}

function merged(ranges) {
  const out = [];
  for (const [from, to] of ranges.sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/**
 * Ranges of `words` (a plain form) that hold the quote, in order, and the share of it that they hold.
 * `place`, 0 to 1, is about where on the page it begins: it decides between equals.
 */
export function located(words, quote, place) {
  const needle = plain(quote);
  if (!needle) return { ranges: [], share: 0 };
  const expected = place * words.length;
  const whole = hits(words, needle);
  if (whole.length) {
    const at = nearest(whole, expected);
    return { ranges: [[at, at + needle.length]], share: 1 };
  }
  const parts = [];
  pieces(words, quote, 0, parts);
  if (!parts.length) return { ranges: [], share: 0 };
  const centre = middle(parts, expected);
  const reach = 2 * needle.length + 300;
  let before = centre;
  const ranges = [];
  let covered = 0;
  for (const { length, found } of parts) {
    const at = nearest(found, before);
    if (Math.abs(at - centre) > reach) continue;
    ranges.push([at, at + length]);
    covered += length;
    before = at + length;
  }
  return { ranges: merged(ranges), share: Math.min(covered / needle.length, 1) };
}

/** Finds a quote in a page's words although line breaks, hyphens, widths or the order of cells differ. */

const KEPT = /[\p{L}\p{N}]/u;
const CJK = /[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af]/;
const CUTS = [/\n+/, /[|\uff5c]/, /(?<=[。！？；.!?;])\s*/];
const SEED = { cjk: 5, other: 10 };
const GAP = 3; // units that may differ inside a stretch, or at its edges when half of them agree
// Fonts that draw a character and a radical alike are read as either; NFKD knows only some of these.
const RADICALS = new Map(
  [..."⺟母⺠民⺩王⺯纟⻅见⻆角⻈讠⻉贝⻋车⻑長⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻫齐⻬齐⻭歯⻮齿⻯竜⻰龙⻲亀⻳龟⼾户"]
    .reduce((pairs, char, at, all) => (at % 2 ? pairs : [...pairs, [char, all[at + 1]]]), []),
);
const known = new Map();

/** Letters and figures of one character, in their plain form: "Ａ" and "a" alike, "ﬁ" as "fi". */
function plainChar(char) {
  let plain = known.get(char);
  if (plain === undefined) {
    plain = [...(RADICALS.get(char) ?? char).normalize("NFKD").toLowerCase()].filter((part) => KEPT.test(part)).join("");
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

/** How far a stretch goes on from these places, over units that differ if it finds its way again. */
function reachOf(words, piece, from, at) {
  let length = 0;
  for (let next = 0; at + next < piece.length && from + next < words.length; next += 1) {
    if (piece[at + next] === words[from + next]) length = next + 1;
    else if (next - length >= GAP) break;
  }
  return length;
}

/** A stretch with the few units before it when at least half of them agree. */
function withEdge(words, piece, from, at, free) {
  let best = 0;
  let same = 0;
  for (let back = 1; back <= Math.min(GAP, from, at - free); back += 1) {
    same += piece[at - back] === words[from - back];
    if (same * 2 >= back) best = back;
  }
  return best;
}

/** The longest stretches of a piece that stand in the words: what reflowed text is broken into. */
function runs(words, piece, out) {
  const seed = CJK.test(piece) ? SEED.cjk : SEED.other;
  let free = 0; // the end of the last stretch in the piece
  let at = 0;
  while (at + seed <= piece.length) {
    const found = hits(words, piece.slice(at, at + seed));
    if (!found.length) {
      at += 1;
      continue;
    }
    const reach = new Map(found.map((from) => [from, reachOf(words, piece, from, at)]));
    const length = Math.max(...reach.values());
    const longest = found.filter((from) => reach.get(from) === length);
    const edge = Math.min(...longest.map((from) => withEdge(words, piece, from, at, free)));
    out.push({ length: length + edge, found: longest.map((from) => from - edge) });
    at += length;
    free = at;
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

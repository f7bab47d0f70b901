/** The short answer: what is set in larger type above an answer. */

const LONGEST = 120;
const MARKS = /\s*\[[\d,\s]+\]/g;

/** What leads ("" when nothing does), and what is left of the answer below it. */
export function led({ short_answer: short = "", answer: text }) {
  if (!short || short.length > LONGEST) return { short: "", rest: text };
  const [first, ...more] = text.split("\n");
  if (first.replace(MARKS, "").trim() === short && more.length) {
    const rest = more.join("\n");
    return { short: rest.startsWith(short) ? "" : short, rest }; // the next line says it anyway
  }
  const isSaid = text.startsWith(short) || isPiece(short, text);
  return { short: isSaid ? "" : short, rest: text };
}

// Of a longer word, such as the ending of a file's name: no answer by itself.
function isPiece(short, text) {
  const at = text.indexOf(short);
  if (at < 0) return false;
  const [before, after] = [text[at - 1] ?? "", text[at + short.length] ?? ""];
  return /[A-Za-z0-9._/-]/.test(before) || /[A-Za-z0-9]/.test(after);
}

/** The short answer: what is set in larger type above an answer, when the answer leads with it. */

const LONGEST = 120;
const MARKS = /\s*\[[\d,\s]+\]/g;

/** What leads ("" when nothing does), and what is left of the answer below it. A short answer that
 * the engine did not put in front is one it is not sure of: the sentence stands for itself. */
export function led({ short_answer: short = "", answer: text }) {
  const [first, ...more] = text.split("\n");
  const isLed = short && short.length <= LONGEST && first.replace(MARKS, "").trim() === short;
  if (!isLed || !more.length) return { short: "", rest: text };
  const rest = more.join("\n");
  return { short: rest.startsWith(short) ? "" : short, rest }; // the next line says it anyway
}

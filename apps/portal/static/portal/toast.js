/** Short words at the edge of the page; screen readers hear them. */

const SHOWN_MS = 5000;

/** `tone`: good, bad or quiet. */
export function toast(words, tone = "good") {
  const item = document.createElement("p");
  item.className = "toast";
  item.dataset.tone = tone;
  item.textContent = words;
  document.getElementById("toasts").append(item);
  setTimeout(() => item.remove(), SHOWN_MS);
}

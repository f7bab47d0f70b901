// Says beside the slider what the choice was measured to mean. Without it the slider works, too.
const part = (id) => JSON.parse(document.getElementById(id).textContent);
const nearest = (curve, at) =>
  curve.reduce((best, row) => (Math.abs(row[0] - at) < Math.abs(best[0] - at) ? row : best));

for (const sureness of document.querySelectorAll("[data-sureness]")) {
  const figures = part("sureness-figures");
  const words = part("sureness-words");
  const slider = sureness.querySelector("input[type=range]");
  const usual = sureness.querySelector("[data-usual]");
  const means = sureness.querySelector("[data-means]");

  const sentence = ({ language, least, curve }) => {
    const [, answered, wrong, refused] = nearest(curve, usual.checked ? least : slider.valueAsNumber);
    const shares = { answered, wrong, refused };
    const told = words.means.replace(/\{(\w+)\}/g, (_, name) => Math.round(100 * shares[name]));
    return Object.assign(document.createElement("p"), { textContent: language + words.colon + told });
  };
  const show = () => {
    if (usual.checked && figures.length) slider.value = Math.max(...figures.map((one) => one.least));
    sureness.querySelector("[data-shown]").textContent = slider.valueAsNumber.toFixed(2);
    if (figures.length) means.replaceChildren(...figures.map(sentence));
  };
  slider.addEventListener("input", () => {
    usual.checked = false;
    show();
  });
  usual.addEventListener("change", show);
  show();
}

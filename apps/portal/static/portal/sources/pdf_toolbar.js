/** The tool bar of a PDF: pages, zoom, finding words. */

const FIT = "page-width";

export class Toolbar {
  constructor(root, viewer, eventBus) {
    this.viewer = viewer;
    this.eventBus = eventBus;
    this.number = new Intl.NumberFormat(document.documentElement.lang || "en");
    this.part = (name) => root.querySelector(`[data-part="${name}"]`);
    this.listenToPages();
    this.listenToZoom();
    this.listenToFind(root);
  }

  listenToPages() {
    const { viewer } = this;
    const input = this.part("page");
    const show = () => {
      input.value = viewer.currentPageNumber;
      this.part("previous").disabled = viewer.currentPageNumber <= 1;
      this.part("next").disabled = viewer.currentPageNumber >= viewer.pagesCount;
      const text = this.part("text");
      if (text) text.href = text.dataset.address.replace("/pages/0/", `/pages/${viewer.currentPageNumber}/`);
    };
    this.eventBus.on("pagesinit", () => {
      this.part("count").textContent = this.number.format(viewer.pagesCount);
      input.max = viewer.pagesCount;
      show();
    });
    this.eventBus.on("pagechanging", show);
    this.part("previous").addEventListener("click", () => viewer.previousPage());
    this.part("next").addEventListener("click", () => viewer.nextPage());
    input.addEventListener("focus", () => input.select());
    input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const wanted = Math.min(Math.max(Number.parseInt(input.value, 10) || 1, 1), viewer.pagesCount);
      viewer.currentPageNumber = wanted;
      input.value = wanted;
    });
    for (const link of document.querySelectorAll("[data-to-page]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        viewer.currentPageNumber = Number(link.dataset.toPage);
        link.closest("details")?.removeAttribute("open");
      });
    }
  }

  listenToZoom() {
    const { viewer } = this;
    this.part("smaller").addEventListener("click", () => viewer.decreaseScale());
    this.part("larger").addEventListener("click", () => viewer.increaseScale());
    this.part("fit").addEventListener("click", () => (viewer.currentScaleValue = FIT));
    this.eventBus.on("scalechanging", ({ scale, presetValue }) => {
      this.part("fit").setAttribute("aria-pressed", String(presetValue === FIT));
      this.part("zoom").textContent = new Intl.NumberFormat(document.documentElement.lang || "en", {
        style: "percent",
      }).format(scale);
    });
    new ResizeObserver(() => {
      const value = viewer.currentScaleValue;
      if (value === FIT || value === "auto") viewer.currentScaleValue = value;
    }).observe(viewer.container);
  }

  listenToFind(root) {
    const bar = root.querySelector("[data-find]");
    const input = this.part("query");
    const toggle = this.part("find");
    const open = (isOpen) => {
      bar.hidden = !isOpen;
      toggle.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) input.select();
      else this.eventBus.dispatch("findbarclose", { source: this });
      (isOpen ? input : this.viewer.container).focus();
    };
    toggle.addEventListener("click", () => open(bar.hidden));
    this.part("find-close").addEventListener("click", () => open(false));
    input.addEventListener("input", () => this.find(""));
    bar.addEventListener("submit", (event) => {
      event.preventDefault();
      this.find("again");
    });
    this.part("find-previous").addEventListener("click", () => this.find("again", true));
    document.addEventListener("keydown", (event) => {
      const isFind = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "f";
      if (isFind || (event.key === "F3" && bar.hidden)) {
        event.preventDefault();
        open(true);
      } else if (event.key === "F3" || (event.key === "Enter" && event.shiftKey && event.target === input)) {
        event.preventDefault();
        this.find("again", event.shiftKey);
      } else if (event.key === "Escape" && !bar.hidden) {
        open(false);
      }
    });
    this.eventBus.on("updatefindmatchescount", ({ matchesCount }) => this.tell(matchesCount));
    this.eventBus.on("updatefindcontrolstate", ({ matchesCount }) => this.tell(matchesCount));
  }

  find(type, findPrevious = false) {
    this.eventBus.dispatch("find", {
      source: this, type, findPrevious, query: this.part("query").value,
      caseSensitive: false, entireWord: false, highlightAll: true, matchDiacritics: false,
    });
  }

  tell({ current, total }) {
    const output = this.part("matches");
    const words = output.dataset;
    const format = (count) => this.number.format(count);
    if (!this.part("query").value) output.textContent = "";
    else if (!total) output.textContent = words.none;
    else output.textContent = words.some.replace("{current}", format(current)).replace("{total}", format(total));
  }
}

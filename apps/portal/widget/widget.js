/** Clawdbot's bubble: put this on a page of the intranet, see docs/widget.md.
 *
 * <script src="https://clawdbot.example/widget.js" data-collection="UUID" defer></script>
 *
 * The page holds no key. It asks us for a short-lived token: the browser names the page's origin,
 * which must be among the widget's. The token goes to the panel, a frame of ours, by postMessage.
 */
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.ClawdbotWidget) return;
  const ALL_WORDS = "WORDS"; // by language; filled in by the server
  const READY_WITHIN_MS = 15000;
  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    button { font: inherit; cursor: pointer; }
    :focus-visible { outline: 3px solid var(--c); outline-offset: 3px; }
    .box { --c: var(--clawdbot-color, #0f766e); position: fixed; z-index: 2147483000; bottom: 20px; right: 20px;
      font: 15px/1.5 system-ui, sans-serif; color-scheme: light; }
    .box.left { right: auto; left: 20px; }
    .bubble { display: grid; place-items: center; width: 56px; height: 56px; margin-left: auto; border: 0; border-radius: 50%;
      background: var(--c); color: #fff; box-shadow: 0 4px 14px rgb(0 0 0 / 25%); }
    .left .bubble { margin-left: 0; }
    .bubble:hover { filter: brightness(0.9); }
    .bubble svg { width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .panel { position: absolute; bottom: 72px; right: 0; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100dvh - 112px));
      border: 1px solid rgb(128 128 128 / 35%); border-radius: 16px; overflow: hidden; background: #f7f7f5; color: #1b1f1e; box-shadow: 0 12px 40px rgb(0 0 0 / 22%); }
    .left .panel { right: auto; left: 0; }
    .panel.dark { background: #131615; color: #e8ebe9; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    .told { position: absolute; inset: 0; display: grid; align-content: center; justify-items: center; gap: 16px; padding: 24px; text-align: center; overflow-wrap: anywhere; }
    .told button { min-height: 40px; padding: 0 16px; border: 1px solid currentColor; border-radius: 10px; background: none; color: inherit; }
    p { margin: 0; }
    @media (max-width: 480px) {
      .panel, .left .panel { position: fixed; inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
    }
    @media print { .box { display: none; } }`;

  const { collection = "", position, language, theme, title } = script.dataset;
  const base = new URL(script.src).origin;
  const narrow = matchMedia("(max-width: 480px)");
  const known = languageOf(language ? [language] : navigator.languages);
  const words = ALL_WORDS[known];
  const isDark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  let pass = null;
  let frame = null;
  let lateness = 0;

  const line = make("p", {});
  const again = make("button", { type: "button", textContent: words.again });
  const shut = make("button", { type: "button", textContent: words.close });
  const told = make("div", { className: "told" }, line, again, shut);
  const panel = make("div", { className: `panel${isDark ? " dark" : ""}`, hidden: true }, told);
  const bubble = make("button", { type: "button", className: "bubble" }, picture());
  const box = make("div", { className: `box ${position === "left" ? "left" : ""}` }, panel, bubble);
  const host = make("div", { id: "clawdbot-widget" });
  set(line, { role: "status" });
  set(panel, { role: "dialog", "aria-label": title || words.title });
  set(bubble, { "aria-haspopup": "dialog", "aria-expanded": "false", "aria-label": title || words.open, title: title || words.open });
  set(host, { lang: known });

  const sheet = new CSSStyleSheet(); // not stopped by the page's own style-src
  sheet.replaceSync(STYLE);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(box);
  root.addEventListener("keydown", (event) => event.key === "Escape" && close());
  bubble.addEventListener("click", () => (panel.hidden ? open() : close()));
  shut.addEventListener("click", close);
  again.addEventListener("click", begin);
  window.addEventListener("message", heard);
  if (document.body) document.body.append(host);
  else document.addEventListener("DOMContentLoaded", () => document.body.append(host));
  window.ClawdbotWidget = Object.freeze({ open, close });

  function open() {
    panel.hidden = false;
    bubble.setAttribute("aria-expanded", "true");
    bubble.hidden = narrow.matches;
    if (frame) say("shown", { isModal: narrow.matches });
    else begin();
    frame?.focus();
  }

  function close() {
    panel.hidden = true;
    bubble.hidden = false;
    bubble.setAttribute("aria-expanded", "false");
    bubble.focus();
  }

  /** Only a page that got a token loads the frame: elsewhere the browser would show an error. */
  async function begin() {
    tell(words.wait);
    try {
      pass = await newPass("");
    } catch (error) {
      return tell(words[error.message] ?? words.unreachable, true);
    }
    if (!title) panel.setAttribute("aria-label", pass.title);
    const asked = { collection, origin: location.origin, language: known, theme: isDark ? "dark" : "light" };
    frame?.remove();
    frame = make("iframe", { src: `${base}/widget/?${new URLSearchParams(asked)}`, title: title || pass.title });
    panel.append(frame);
    lateness = setTimeout(() => {
      frame.remove();
      frame = null;
      tell(words.blocked, true);
    }, READY_WITHIN_MS);
  }

  function tell(text, isOver = false) {
    told.hidden = false;
    line.textContent = text;
    again.hidden = shut.hidden = !isOver;
    if (isOver && !panel.hidden) again.focus();
  }

  /** A token; `earlier` goes on with its conversation. Throws with the name of the words to show. */
  async function newPass(earlier) {
    let response;
    try {
      response = await fetch(`${base}/api/v1/widget/token/`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ collection, token: earlier }),
        credentials: "omit",
        cache: "no-store",
      });
    } catch {
      throw new Error((await isUp()) ? "refused" : "unreachable");
    }
    if (!response.ok) throw new Error(response.status < 500 ? "refused" : "unreachable");
    return response.json();
  }

  /** A refused origin may not read why; that something answers can be told all the same. */
  function isUp() {
    return fetch(`${base}/healthz`, { mode: "no-cors", credentials: "omit", cache: "no-store" }).then(() => true, () => false);
  }

  async function heard({ origin, source, data }) {
    if (!frame || origin !== base || source !== frame.contentWindow) return;
    if (data?.clawdbot === "ready") {
      clearTimeout(lateness);
      told.hidden = true;
      say("pass", { ...pass, isModal: narrow.matches, isShown: !panel.hidden });
      if (!panel.hidden) frame.focus();
    }
    if (data?.clawdbot === "close") close();
    if (data?.clawdbot === "renew") {
      try {
        pass = await newPass(data.isFresh ? "" : pass.token);
        say("pass", { ...pass });
      } catch (error) {
        say("refused", { words: words[error.message] });
      }
    }
  }

  function say(clawdbot, more) {
    frame.contentWindow.postMessage({ clawdbot, ...more }, base);
  }

  function languageOf(wanted) {
    for (const one of wanted.map((name) => name.toLowerCase())) {
      if (/^zh\b/.test(one)) return /hant|tw|hk|mo/.test(one) ? "zh-hant" : "zh-hans";
      if (/^en\b/.test(one)) return "en";
    }
    return "en";
  }

  function picture() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    const path = document.createElementNS(space, "path");
    set(svg, { viewBox: "0 0 24 24", "aria-hidden": "true" });
    set(path, { d: "M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z" });
    svg.append(path);
    return svg;
  }

  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  }
})();

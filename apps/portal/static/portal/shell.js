/** What every page of the portal does: drawer, appearance, menus, asking before what cannot be undone. */

import { confirmed } from "./confirm.js";
import { toast } from "./toast.js";

const YEAR_S = 365 * 24 * 3600;
const opener = document.getElementById("menu-open");
const sidebar = document.getElementById("sidebar");
const backdrop = document.getElementById("backdrop");

function showDrawer(isOpen) {
  document.body.classList.toggle("drawer-open", isOpen);
  opener.setAttribute("aria-expanded", String(isOpen));
  backdrop.hidden = !isOpen;
  (isOpen ? sidebar.querySelector("a") : opener).focus();
}

opener?.addEventListener("click", () => showDrawer(true));
document.getElementById("menu-close")?.addEventListener("click", () => showDrawer(false));
backdrop?.addEventListener("click", () => showDrawer(false));

// On phones tabs scroll: the present one is in sight.
const tabs = document.querySelector(".tabs:has([aria-current])");
const tab = tabs?.querySelector("[aria-current]");
if (tab) tabs.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - tabs.clientWidth / 2;

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (document.body.classList.contains("drawer-open")) showDrawer(false);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const choice = event.target.closest?.("[data-theme-choice]")?.dataset.themeChoice;
  if (choice) chooseTheme(choice);
});

function chooseTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.cookie = `clawdbot_theme=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`;
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === theme));
  }
}

// <form data-confirm="question" data-confirm-yes="word">, and hx-confirm of htmx.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.isConfirmed) return;
  event.preventDefault();
  const { submitter } = event;
  if (!(await confirmed(form.dataset.confirm, form.dataset.confirmYes))) return;
  form.dataset.isConfirmed = "1";
  form.requestSubmit(submitter);
  delete form.dataset.isConfirmed;
});
document.addEventListener("htmx:confirm", async (event) => {
  const { question, elt, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  if (await confirmed(question, elt.dataset.confirmYes)) issueRequest(true);
});

// What htmx asked for did not come.
const words = document.getElementById("words")?.dataset;
document.addEventListener("htmx:sendError", () => toast(words.offline, "bad"));
document.addEventListener("htmx:responseError", () => toast(words.failed, "bad"));

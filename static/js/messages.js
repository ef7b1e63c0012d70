// Dialogs, menus and toasts.
const toasts = () => document.getElementById("toasts");
const say = (text, wrong = true) => {
  const shown = document.getElementById("toast-template").content.cloneNode(true);
  shown.querySelector(".t").textContent = text;
  if (!wrong) { shown.querySelector(".toast").dataset.toast = "note"; shown.querySelector("svg").remove(); }
  toasts().append(shown);
  tend();
};
// What the server answered to a refused change: its title and its reason.
const refused = (ctx) => {
  const plain = ctx.response?.headers?.get?.("Content-Type")?.startsWith("text/plain");
  say(plain && ctx.text ? ctx.text.replace("\n", ". ") : _("Not done: the dashboard answered %(status)s. Nothing was changed.", { status: ctx.response.status }));
};
const tend = () => {
  const all = [...toasts().children];
  for (const old of all.slice(0, Math.max(0, all.length - 3))) old.remove();
  for (const each of all) {
    if (each.dataset.tended || each.dataset.toast === "bad") continue;
    each.dataset.tended = "1";
    const leave = () => { if (each.matches(":hover, :focus-within")) setTimeout(leave, 2000); else each.remove(); };
    setTimeout(leave, 10000);
  }
};
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
};

let opener = null;
document.addEventListener("htmx:after:swap", (e) => {
  tend();
  const dialog = document.getElementById("dialog");
  if (e.detail.ctx?.target !== dialog || !dialog.children.length || dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
});
document.addEventListener("dialog:close", () => document.getElementById("dialog").close());
document.addEventListener("close", (e) => {
  if (e.target.id !== "dialog") return;
  e.target.replaceChildren();
  if (opener?.isConnected) opener.focus();
}, true);
document.addEventListener("click", (e) => {
  closeMenus(e.target);
  e.target.closest("[data-dismiss]")?.closest(".toast").remove();
  const asks = e.target.closest("[data-dialog]");
  if (asks) { e.preventDefault(); document.getElementById(asks.dataset.dialog)?.showModal(); }
  const close = e.target.closest("dialog [data-close]");
  if (close) { e.preventDefault(); close.closest("dialog").close(); }
  if (e.target.matches("dialog")) e.target.close();
});
addEventListener("DOMContentLoaded", tend);

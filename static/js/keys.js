// Single keys, never while typing or with a modifier; actions open their question, they never run it.
const PAGES = { o: "/", q: "/queues", j: "/jobs", d: "/dead", w: "/workers", a: "/alerts", p: "/operations", s: "/schedules", u: "/audit" };
let going = 0;
const rows = () => [...document.querySelectorAll("main .tbl tbody tr")].filter((row) => row.querySelector("th a"));
const current = () => rows().findIndex((row) => row.contains(document.activeElement) || row.matches("[data-cursor]"));
const move = (by) => {
  const all = rows();
  if (!all.length) return;
  const next = all[Math.min(Math.max(current() + by, 0), all.length - 1)];
  for (const row of all) row.toggleAttribute("data-cursor", row === next);
  next.querySelector("th a").focus();
};
const tickRow = () => rows()[current()]?.querySelector("input[type=checkbox]")?.click();
const press = (action) => {
  const form = selecting();
  const bulk = form?.querySelector("tbody input:checked") && form.querySelector(`button[name=action][value=${action}]`);
  if (bulk) bulk.click();
};
const KEYS = {
  "/": () => document.querySelector("input[type=search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
  j: () => move(1), ArrowDown: () => current() >= 0 && move(1),
  k: () => move(-1), ArrowUp: () => current() >= 0 && move(-1),
  x: tickRow, X: tickRow,
  a: () => document.querySelector("form[data-select] [data-all]")?.click(),
  e: () => press("requeue"), "#": () => press("purge"),
  p: () => pause(), r: () => tickNow(),
  "[": () => document.querySelector("a[rel=prev]")?.click(), "]": () => document.querySelector("a[rel=next]")?.click(),
};
document.addEventListener("keydown", (e) => {
  if (root.dataset.shortcuts === "off" || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
  const typing = e.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
  if (e.key === "Escape") {
    if (document.querySelector("details.menu[open]")) closeMenus(null);
    else if (typing) e.target.blur();
    else if (selecting()?.querySelector("tbody input:checked")) clearSelection(selecting());
    return;
  }
  if (typing) return;
  if (going && Date.now() - going < 1500 && PAGES[e.key]) {
    going = 0;
    const prefix = document.querySelector("a.brand").getAttribute("href").replace(/\/$/, "");
    const link = document.querySelector(`.nav a[href="${prefix}${PAGES[e.key]}"]`);
    if (link) { e.preventDefault(); link.click(); }
    return;
  }
  going = e.key === "g" ? Date.now() : 0;
  if (KEYS[e.key] && !(e.target.matches("input[type=checkbox]") && e.key === " ")) {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp" || current() >= 0) e.preventDefault();
    KEYS[e.key]();
  }
});

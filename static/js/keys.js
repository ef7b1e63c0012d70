// Single keys, never while typing or with a modifier; actions open their question, they never run it.
// A control names its key by data-key; the list behind “?” shows the lines that something on the page answers.
let going = 0, last = "";
const linkOf = (row) => row.querySelector("th a");
const rows = () => {
  const all = [...document.querySelectorAll("main .tbl tbody tr")].filter(linkOf), list = all.filter((row) => row.closest("[data-hold]"));
  return list.length ? list : all;
};
const current = () => rows().find((row) => row.contains(document.activeElement) || row.id && row.id === last);
const stand = (row) => {
  document.querySelector("tr[data-cursor]")?.removeAttribute("data-cursor");
  last = row.id;
  row.setAttribute("data-cursor", "");
  linkOf(row).focus();
};
const move = (by) => {
  const all = rows(), at = all.indexOf(current());
  if (all.length) stand(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
};
const boxOf = (row) => row?.querySelector("input[type=checkbox]");
const tickRow = (ranged) => boxOf(current())?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: ranged }));
const first = (selector) => document.querySelector(`main ${selector}`);
const press = (el) => el?.click();

// Keys that need no control of their own: whether they do anything here, and what.
const movable = () => rows().length > 0, tickable = () => !!selecting();
const KEYS = {
  "/": [() => first("input[type=search]"), () => first("input[type=search]").focus()],
  "?": [() => true, () => { listKeys(); document.getElementById("keys").showModal(); }],
  j: [movable, () => move(1)], k: [movable, () => move(-1)], Enter: [movable],
  x: [tickable, () => tickRow(false)], X: [tickable, () => tickRow(true)],
  a: [() => first("[data-all]"), () => press(first("[data-all]"))],
  r: [() => true, () => { live.fresh = Date.now() + 500; tickNow(); }], g: [() => true], Escape: [() => true],
  "[": [() => first("a:is([rel=prev], [rel=first])"), () => press(first("a[rel=prev]") || first("a[rel=first]"))],
  "]": [() => first("a[rel=next]"), () => press(first("a[rel=next]"))],
};
const controls = (key) => [...document.querySelectorAll(`.shell [data-key="${CSS.escape(key)}"]`)];
const answered = (key) => KEYS[key] ? KEYS[key][0]() : controls(key).length > 0;

// What is meant: the ticked rows, else the row of the cursor, else what has the focus, else the whole page.
const control = (key) => {
  const all = controls(key), bulk = all.find((el) => el.closest(".bulk")), row = current();
  if (bulk?.checkVisibility()) return bulk;
  const own = row && all.find((el) => row.contains(el));
  if (own) return own;
  if (bulk && row && bulk.form.contains(row)) { tickRow(false); return bulk; }
  return all.find((el) => el.closest(".op")?.contains(document.activeElement)) || all.find((el) => !el.closest(".bulk, tbody"));
};
const wordsOf = (el) => (el.getAttribute("aria-label") || el.textContent).trim().replace(/…$/, "");
const atOnce = (el) => el.form?.getAttribute("method") === "post" && !el.form.matches("[data-select], [hx-target='#dialog']");
const perform = (key) => {
  if (KEYS[key]) return KEYS[key][0]() && KEYS[key][1]?.();
  const el = control(key);
  if (el?.matches("summary")) el.focus();
  if (el) return atOnce(el) ? ask(el, key) : el.click();
  if (answered(key)) say(_("Choose a row first: j and k move, x selects."));
};
const ask = (el, key) => {
  const words = wordsOf(el), box = document.getElementById("ask"), yes = box.querySelector("[data-yes]");
  const about = el.closest(".op")?.querySelector("a") || first("h1"), grave = key === "c" || el.matches(".btn-text-danger, .btn-danger");
  box.querySelector("h2").textContent = `${words}?`;
  box.querySelector("[data-about]").textContent = el.dataset.about || about.textContent;
  const cancels = words === _("Cancel");
  yes.textContent = cancels ? _("Cancel it") : words;
  yes.className = grave ? "btn btn-danger" : "btn btn-primary";
  box.querySelector("[data-close]").textContent = cancels ? _("Go back") : _("Cancel");
  yes.onclick = () => {
    const now = el.isConnected ? el : control(key);
    box.close();
    if (now && wordsOf(now) === words) now.click(); else say(_("Not done: the page has changed meanwhile. Nothing was changed."));
  };
  box.showModal();
  box.querySelector(grave ? "[data-close]" : "[data-yes]").focus();
};
const listKeys = () => {
  const box = document.getElementById("keys");
  for (const line of box.querySelectorAll("[data-line]")) line.hidden = !answered(line.dataset.line);
  for (const part of box.querySelectorAll("section")) part.hidden = !part.querySelector("[data-line]:not([hidden])");
};

const typing = (el) => el.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");
const leave = (e) => {
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    closeMenus(null);
  } else if (typing(e.target)) e.target.blur();
  else if (selecting()?.querySelector("tbody input:checked")) clearSelection(selecting());
};
document.addEventListener("keydown", (e) => {
  if (root.dataset.shortcuts === "off" || e.ctrlKey || e.metaKey || e.altKey || e.isComposing || document.querySelector("dialog[open]")) return;
  if (e.key === "Escape") return leave(e);
  if (typing(e.target)) return;
  const link = Date.now() - going < 1500 && document.querySelector(`.nav a[data-go="${CSS.escape(e.key)}"]`);
  going = e.key === "g" ? Date.now() : 0;
  if (link) { e.preventDefault(); return link.click(); }
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (arrow) { if (current()?.contains(document.activeElement)) { e.preventDefault(); move(arrow); } return; }
  if (e.key === "Enter" || !answered(e.key) || e.repeat && !"jk".includes(e.key)) return;
  e.preventDefault();
  perform(e.key);
});
document.addEventListener("click", (e) => { if (e.target.closest("[data-dialog=keys]")) listKeys(); });

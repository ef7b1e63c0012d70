// The command palette: a combobox over what the server found; its first list is part of the page.
{
const KEPT = "palette";
const paletteBox = () => document.getElementById("palette"), field = () => document.getElementById("palette-q");
const options = () => [...document.querySelectorAll("#palette-list [role=option]")];
let firstList = null, wanted = false;
const kept = () => {
  try { return JSON.parse(localStorage.getItem(KEPT)).filter((each) => /^\/(?!\/)/.test(each.url)).slice(0, 5); } catch { return []; }
};
// Only pages and queues are remembered: nothing about jobs, errors or operations stays in the browser.
const keep = (option) => {
  if (!option.matches("[data-keep]")) return;
  const url = option.getAttribute("href"), title = option.querySelector(".t").textContent, icon = option.querySelector("use").getAttribute("href");
  try { localStorage.setItem(KEPT, JSON.stringify([{ url, title, icon }, ...kept().filter((each) => each.url !== url)].slice(0, 5))); } catch { /* not allowed here */ }
};
const point = (option) => {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) field().setAttribute("aria-activedescendant", option.id); else field().removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
};
const pointed = () => document.querySelector("#palette-list [aria-selected=true]");
const recent = (list) => {
  const sample = list.querySelector("[data-keep]"), group = list.querySelector("[role=group]")?.cloneNode(true);
  if (!sample || !kept().length) return;
  const head = group.firstElementChild;
  head.id = "palette-recent"; head.textContent = _("Recent");
  group.setAttribute("aria-labelledby", head.id);
  group.replaceChildren(head, ...kept().map(({ url, title, icon }, i) => {
    const each = sample.cloneNode(true);
    each.id = `palette-recent-${i}`; each.setAttribute("href", url);
    each.querySelector(".t").textContent = title; each.querySelector("use").setAttribute("href", icon.startsWith("/") ? icon : "");
    each.querySelector(".note")?.remove();
    return each;
  }));
  list.prepend(group);
};
const openPalette = () => {
  if (document.querySelector("dialog[open]")) return;
  const list = firstList.cloneNode(true);
  for (const each of list.querySelectorAll("[data-press]")) each.hidden = !answered(each.dataset.press);
  for (const each of list.querySelectorAll("[role=group]")) each.hidden = !each.querySelector("[role=option]:not([hidden])");
  for (const each of list.querySelectorAll("[hidden]")) each.remove();
  recent(list);
  document.getElementById("palette-list").replaceWith(list);
  htmx.process(list);
  field().value = "";
  wanted = false;
  paletteBox().showModal();
  field().focus();
  point(options()[0]);
};
const choose = (option) => {
  if (!option) return;
  keep(option);
  paletteBox().close();
  option.click();
};
document.addEventListener("keydown", (e) => {
  if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
    e.preventDefault();
    if (paletteBox().open) paletteBox().close(); else openPalette();
  }
  if (e.target !== field() || e.isComposing) return;
  const all = options(), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (step && all.length) {
    e.preventDefault();
    point(all[(all.indexOf(pointed()) + step + all.length) % all.length]);
  } else if (e.key === "Enter") {
    e.preventDefault();
    const asked = document.getElementById("palette-list").dataset.asked;
    if (asked === field().value.trim()) choose(pointed()); else wanted = true;
  }
});
document.addEventListener("htmx:after:swap", () => {
  if (!paletteBox().open) return;
  const all = options();
  if (!pointed()) point(all[0]);
  document.getElementById("palette-count").textContent = counted("%(num)s result", "%(num)s results", all.length);
  if (wanted && document.getElementById("palette-list").dataset.asked === field().value.trim()) { wanted = false; choose(pointed()); }
});
document.addEventListener("input", (e) => { if (e.target === field()) wanted = false; });
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-palette]") && !e.ctrlKey && !e.metaKey) { e.preventDefault(); openPalette(); }
  const option = e.target.closest("#palette-list [role=option]");
  if (!option || e.ctrlKey || e.metaKey) return;
  if (paletteBox().open) { keep(option); paletteBox().close(); }
  if (option.dataset.press && answered(option.dataset.press)) { e.preventDefault(); perform(option.dataset.press); }
});
addEventListener("DOMContentLoaded", () => {
  firstList = document.getElementById("palette-list").cloneNode(true);
  if (/Mac|iP(hone|ad)/.test(navigator.platform)) for (const cap of document.querySelectorAll("[data-palette] kbd")) cap.textContent = "⌘K";
});
}

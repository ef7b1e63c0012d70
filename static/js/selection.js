// Ticked rows: kept by value over live updates, counted in the bar, dropped when the filter changes.
const chosen = new Set();
const boxes = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
let lastTicked = null;

const paint = (form) => {
  const on = boxes(form).filter((box) => box.checked), all = form.querySelector("[data-all]");
  const scope = form.querySelector("[data-scope]");
  const words = form.querySelector("[data-sel]"), jobs = on.reduce((sum, box) => sum + Number(box.dataset.n || 1), 0);
  if (words && form.id !== "groups-form") words.textContent = counted("%(num)s job selected", "%(num)s jobs selected", on.length);
  else if (words) {
    const groups = counted("%(num)s group", "%(num)s groups", on.length), within = counted("%(num)s job", "%(num)s jobs", jobs);
    words.textContent = _("%(groups)s, %(jobs)s selected", { groups, jobs: within });
  }
  if (all) { all.checked = on.length > 0 && on.length === boxes(form).length; all.indeterminate = on.length > 0 && !all.checked; }
  if (scope && !on.length) scope.checked = false;
};
const note = (form) => { for (const box of boxes(form)) chosen[box.checked ? "add" : "delete"](box.value); paint(form); };
const clearSelection = (form) => { chosen.clear(); for (const box of boxes(form)) box.checked = false; paint(form); };
const selecting = () => document.querySelector("form[data-select]");

document.addEventListener("change", (e) => {
  const form = e.target.closest?.("form[data-select]");
  if (!form) return;
  if (e.target.matches("[data-all]")) for (const box of boxes(form)) box.checked = e.target.checked;
  note(form);
});
document.addEventListener("click", (e) => {
  const form = e.target.closest("form[data-select]");
  if (form && e.target.closest("[data-clear]")) { e.preventDefault(); clearSelection(form); }
  const box = e.target.closest("form[data-select] tbody input[type=checkbox]");
  if (!box) return;
  const all = boxes(form), from = all.indexOf(lastTicked), to = all.indexOf(box);
  if (e.shiftKey && from >= 0) {
    for (const each of all.slice(Math.min(from, to), Math.max(from, to) + 1)) each.checked = box.checked;
    note(form);
  }
  lastTicked = box;
});
document.addEventListener("htmx:after:swap", () => {
  for (const form of document.querySelectorAll("form[data-select]")) {
    for (const box of boxes(form)) if (chosen.has(box.value)) box.checked = true;
    paint(form);
  }
});
document.addEventListener("dialog:close", () => { const form = selecting(); if (form) clearSelection(form); });
document.addEventListener("htmx:config:request", (e) => {
  const form = selecting();
  if (e.defaultPrevented || e.detail.ctx.sourceElement?.id !== "filters" || !form || !chosen.size) return;
  clearSelection(form);
  say(_("The filter changed, so nothing is selected any more."), false);
});
addEventListener("DOMContentLoaded", () => document.querySelectorAll("form[data-select]").forEach(note));

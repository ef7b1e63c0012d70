// Known values while something is typed in the search box: an ARIA combobox; without it the box works as it is.
let offered = 0;
const completing = (input) => {
  const box = input.closest("[data-complete]"), list = box.querySelector("[role=listbox]");
  return { box, list, status: box.querySelector("[role=status]"), options: [...list.querySelectorAll("[role=option]")] };
};
const openList = (input, open) => {
  const { list } = completing(input);
  list.hidden = !open;
  input.setAttribute("aria-expanded", open);
  if (!open) input.removeAttribute("aria-activedescendant");
};
const point = (input, by) => {
  const { options } = completing(input);
  if (!options.length) return;
  const at = options.findIndex((option) => option.ariaSelected === "true");
  const next = by ? options[at < 0 && by < 0 ? options.length - 1 : (at + by + options.length) % options.length] : null;
  for (const option of options) option.ariaSelected = String(option === next);
  if (next) { input.setAttribute("aria-activedescendant", next.id); next.scrollIntoView({ block: "nearest" }); }
};
const offer = async (input) => {
  const { box, list, status } = completing(input), turn = ++offered;
  const query = new URLSearchParams(new FormData(input.form));
  query.set("q", input.value);
  query.set("at", input.selectionStart);
  try {
    const reply = await fetch(`${box.dataset.complete}?${query}`, { headers: { "HX-Request": "true" } });
    if (!reply.ok || turn !== offered || document.activeElement !== input) return;
    list.innerHTML = await reply.text();
    const { options } = completing(input), n = options.length;
    openList(input, n > 0);
    status.textContent = n ? counted("%(num)s suggestion", "%(num)s suggestions", n) : "";
  } catch { openList(input, false); }
};
const take = (input, option) => {
  const { start, end, text } = option.dataset, after = input.value.slice(end), goesOn = "goesOn" in option.dataset;
  const gap = goesOn || after.startsWith(" ") ? "" : " ";
  input.value = input.value.slice(0, start) + text + gap + after;
  const caret = Number(start) + text.length + (goesOn ? 0 : 1);
  input.setSelectionRange(caret, caret);
  openList(input, false);
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
};
const boxed = (e) => e.target.matches?.("[data-complete] input[name=q]:not([type=hidden])") && e.target;
document.addEventListener("focusin", (e) => {
  const input = boxed(e);
  if (!input || input.role === "combobox") return;
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": completing(input).list.id })) input.setAttribute(name, value);
});
document.addEventListener("focusout", (e) => { const input = boxed(e); if (input) setTimeout(() => document.activeElement !== input && openList(input, false), 150); });
document.addEventListener("input", (e) => {
  const input = boxed(e);
  if (!input) return;
  clearTimeout(input.completing);
  input.completing = setTimeout(offer, 120, input);
}, true);
// A word that is still being typed, `queue:` or an open quotation, is not asked for yet.
const begun = (text) => /(^|\s)-?(args\.[^\s":]*|[a-z]+):$/.test(text) || text.split('"').length % 2 === 0;
document.addEventListener("htmx:config:request", (e) => {
  const input = document.activeElement;
  if (boxed({ target: input }) && e.detail.ctx.sourceElement === input.form && begun(input.value)) e.preventDefault();
});
document.addEventListener("keydown", (e) => {
  const input = boxed(e);
  if (!input || e.isComposing) return;
  const { list, options } = completing(input), chosen = options.find((option) => option.ariaSelected === "true");
  if (list.hidden) {
    if (e.key === "ArrowDown") { e.preventDefault(); offer(input).then(() => point(input, 1)); }
    return;
  }
  const first = e.key === "Tab" && !e.shiftKey ? chosen || options[0] : e.key === "Enter" && chosen;
  if (e.key === "ArrowDown" || e.key === "ArrowUp") point(input, e.key === "ArrowDown" ? 1 : -1);
  else if (e.key === "Escape") { openList(input, false); e.stopImmediatePropagation(); }
  else if (first) take(input, first);
  else return;
  e.preventDefault();
}, true);
document.addEventListener("pointerdown", (e) => {
  const option = e.target.closest?.("[data-complete] [role=option]");
  if (!option) return;
  e.preventDefault();
  take(option.closest("[data-complete]").querySelector("input[name=q]:not([type=hidden])"), option);
});

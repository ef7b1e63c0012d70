// Focus survives live updates: when the row it was on is gone, the next row has it, and the announcer says so.
let place = null;
const announce = (text) => { document.getElementById("announcer").textContent = text; };
document.addEventListener("focusin", (e) => {
  const row = e.target.closest?.("main .tbl tbody tr[id]");
  if (row && linkOf(row)) { last = row.id; place = { id: row.id, name: linkOf(row).textContent.trim() }; keepOrder(); }
  else if (e.target !== document.body && !e.target.closest?.("dialog, #held")) place = null;
});
const keepOrder = () => { if (place && rows().some((row) => row.id === place.id)) place.order = rows().map((row) => row.id); };
const lost = () => !document.querySelector("dialog[open]") && (!document.activeElement || document.activeElement === document.body || !document.activeElement.checkVisibility());
const recover = () => {
  if (!place) return;
  const row = document.getElementById(place.id);
  if (row) {
    if (last === place.id) row.setAttribute("data-cursor", "");
    if (lost()) linkOf(row)?.focus();
    return keepOrder();
  }
  if (!lost()) return;
  const gone = place, at = (gone.order || []).indexOf(gone.id);
  const order = gone.order || [];
  const next = [...order.slice(at + 1), ...order.slice(0, at).reverse()].map((id) => document.getElementById(id)).find((el) => el && linkOf(el)) || rows()[0];
  if (next) stand(next); else { document.getElementById("main").focus(); place = null; }
  const name = next ? linkOf(next).textContent.trim() : "";
  announce(next ? _("%(gone)s is no longer in the list. Now on %(next)s.", { gone: gone.name, next: name }) : _("%(gone)s is no longer in the list. The list is empty.", { gone: gone.name }));
};
document.addEventListener("htmx:after:swap", () => queueMicrotask(recover));
document.addEventListener("close", () => setTimeout(recover), true);

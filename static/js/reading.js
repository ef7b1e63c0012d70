// Theme, relative times and copying; all of it is also there without.
const remembered = () => new URLSearchParams(document.cookie.match(/(?:^|; )appearance="?([^;"]*)/)?.[1] || "");
const remember = (name, value) => {
  const kept = remembered();
  if (value) kept.set(name, value); else kept.delete(name);
  document.cookie = `appearance=${kept}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
};
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-theme-toggle]")) {
    const order = ["", "light", "dark"], next = order[(order.indexOf(root.dataset.theme || "") + 1) % 3];
    if (next) root.dataset.theme = next; else delete root.dataset.theme;
    remember("theme", next);
  }
  const copy = e.target.closest("[data-copy]"), from = e.target.closest("[data-copy-url]");
  if (copy) copied(Promise.resolve(copy.dataset.copy));
  if (from) { e.preventDefault(); copied(fetch(from.href).then((reply) => reply.ok ? reply.text() : Promise.reject())); }
});
const copied = (text) => text.then((words) => navigator.clipboard.writeText(words)).then(() => say(_("Copied.")), () => say(_("Couldn’t copy. Select the text instead.")));

const ago = (at, now) => {
  const seconds = Math.abs(now - at) / 1000, [size, unit] = [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]].find(([s]) => seconds >= s) || [1, "s"];
  const n = Math.floor(seconds / size);
  const past = { d: () => counted("%(num)s day ago", "%(num)s days ago", n), h: () => _("%(num)s h ago", { num: n }), m: () => _("%(num)s min ago", { num: n }), s: () => _("%(num)s s ago", { num: n }) };
  const ahead = { d: () => counted("in %(num)s day", "in %(num)s days", n), h: () => _("in %(num)s h", { num: n }), m: () => _("in %(num)s min", { num: n }), s: () => _("in %(num)s s", { num: n }) };
  return (now >= at ? past : ahead)[unit]();
};
const reword = () => {
  for (const el of document.querySelectorAll("time[data-ago]")) {
    const at = new Date(el.dateTime);
    if (!Number.isNaN(+at)) el.textContent = ago(+at, Date.now());
  }
};
setInterval(reword, 15000);
addEventListener("DOMContentLoaded", () => {
  reword();
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && remembered().get("device") !== zone) remember("device", zone); // so that the server can tell times as this device does
});

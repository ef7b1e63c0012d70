// Says in one sentence, at most every 30 s, where jobs died; off unless it was chosen in Settings.
const QUIET = 30000;
const announced = { deaths: null, news: new Map(), at: 0, timer: 0 };
const sentence = () => {
  const all = [...announced.news].sort((a, b) => b[1] - a[1]), few = all.slice(0, 2), others = all.slice(2).reduce((sum, [, n]) => sum + n, 0);
  const parts = few.map(([queue, n]) => _("%(num)s new in %(queue)s", { num: figure(n), queue }));
  if (others) parts.push(_("%(num)s new elsewhere", { num: figure(others) }));
  return _("Dead letters: %(news)s.", { news: parts.join(", ") });
};
const speak = () => {
  announced.timer = 0;
  if (document.hidden || !announced.news.size) return;
  announce(sentence());
  announced.news.clear();
  announced.at = Date.now();
};
const heed = () => {
  const text = document.getElementById("navigation")?.dataset.deaths;
  if (!text) return;
  const before = announced.deaths, now = announced.deaths = JSON.parse(text);
  for (const [queue, n] of Object.entries(before ? now : {})) {
    const more = n - (before[queue] ?? n);
    if (more > 0) announced.news.set(queue, (announced.news.get(queue) || 0) + more);
  }
  if (announced.news.size && !announced.timer) announced.timer = setTimeout(speak, Math.max(0, announced.at + QUIET - Date.now()));
};
document.addEventListener("htmx:after:swap", heed);
addEventListener("DOMContentLoaded", heed);

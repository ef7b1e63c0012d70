// Live updates: one tick for all regions, none in hidden tabs, held while someone is at work on a list.
const root = document.documentElement;
const live = { every: 1000 * Number(root.dataset.refresh || 5), misses: 0, paused: false, timer: 0, fresh: 0, last: Date.now() };
const isTick = (ctx) => ["live:tick", "live:second"].includes(ctx?.sourceEvent?.type);
const region = (ctx) => ctx?.sourceElement?.matches?.("[hx-trigger*='live:tick']");

const held = (el) => el.matches("[data-hold]") && Date.now() > live.fresh && !!(
  el.querySelector("tbody input:checked") ||
  (el !== document.activeElement && el.contains(document.activeElement)) ||
  (matchMedia("(hover: hover)").matches && el.querySelector("tbody:hover")) ||
  document.querySelector("dialog[open], details.menu[open]"));

const schedule = () => {
  clearTimeout(live.timer);
  if (!live.every) return;
  const wait = Math.min(live.every * 2 ** Math.min(live.misses, 4), 60000);
  live.timer = setTimeout(tick, wait * (0.9 + Math.random() * 0.2));
};
const tick = () => {
  if (!document.hidden && !live.paused) htmx.trigger(document.body, "live:tick");
  schedule();
};
// What moves while someone watches, such as an operation under way, is asked for every second.
const second = () => {
  if (document.hidden || live.paused || !live.every || live.misses) return;
  for (const el of document.querySelectorAll("[data-second]")) htmx.trigger(el, "live:second");
};
const tickNow = () => { htmx.trigger(document.body, "live:tick"); schedule(); };

const show = () => {
  const state = live.paused ? "paused" : live.misses >= 3 ? "down" : live.misses ? "stale" : "live";
  root.dataset.conn = live.misses >= 3 ? "down" : "up";
  root.toggleAttribute("data-stale", live.misses > 0);
  const badge = document.getElementById("live");
  if (badge && badge.dataset.conn !== state) {
    badge.dataset.conn = state;
    const place = document.getElementById("connection");
    const words = document.getElementById(`conn-${state}`);
    place.replaceChildren(...(words ? [words.content.cloneNode(true)] : []));
  }
  age();
};
const age = () => {
  const word = document.querySelector("[data-live-word]"), text = document.querySelector("[data-live-age]");
  if (!word) return;
  const seconds = Math.round((Date.now() - live.last) / 1000);
  const names = { live: "Live", paused: "Paused", stale: "Slow", down: "Offline" };
  const state = document.getElementById("live").dataset.conn;
  const now = live.every ? names[state] : "Not live";
  if (word.textContent !== now) word.textContent = now;
  text.textContent = `· ${seconds < 90 ? seconds + " s" : Math.round(seconds / 60) + " min"} ago`;
};

document.addEventListener("htmx:config:request", (e) => {
  const { ctx } = e.detail;
  if (isTick(ctx) && held(ctx.sourceElement)) ctx.request.headers["Live-Hold"] = "1";
  if (ctx.request.method.toUpperCase() !== "GET" && root.dataset.conn === "down") {
    e.preventDefault();
    say("Not sent: the dashboard can’t be reached. Nothing was changed.");
  }
});
document.addEventListener("htmx:after:request", (e) => {
  const { ctx } = e.detail;
  const status = ctx.response?.status ?? 0;
  if (isTick(ctx) && status < 500) { live.misses = 0; live.last = Date.now(); show(); }
  if (!isTick(ctx) && status >= 400 && status !== 422) refused(ctx);
});
const missed = (e) => {
  const { ctx } = e.detail;
  if (isTick(ctx) && (ctx.response?.status ?? 500) >= 500) { live.misses += 1; show(); schedule(); }
  else if (ctx && !isTick(ctx) && !ctx.response) say("No answer from the dashboard. Try again.");
};
document.addEventListener("htmx:error", missed);
document.addEventListener("htmx:response:error", missed);
document.addEventListener("visibilitychange", () => { if (!document.hidden && !live.paused) tickNow(); });

// A change was made: show it at once, also in regions that do not poll.
document.addEventListener("live:changed", (e) => {
  const { regions = [], back } = e.detail;
  live.fresh = Date.now() + 500;
  for (const id of regions) if (document.getElementById(id)) htmx.ajax("GET", back, { target: `#${id}`, source: `#${id}`, swap: "outerMorph" });
  tickNow();
});
document.addEventListener("htmx:after:swap", () => {
  const nav = document.getElementById("navigation"), icon = document.querySelector("link[rel=icon]");
  const firing = Number(nav?.dataset.firing || 0);
  const title = document.title.replace(/^\(\d+ firing\) /, "");
  document.title = firing ? `(${firing} firing) ${title}` : title;
  const href = firing ? icon?.dataset.firing : icon?.dataset.quiet;
  if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
});

// A held list that could move again is fetched at once.
document.addEventListener("htmx:after:swap", (e) => {
  const target = e.detail.ctx?.target;
  if (target?.matches?.("[data-hold]") && !e.detail.ctx.request?.headers?.["Live-Hold"]) document.getElementById("held")?.replaceChildren();
});

const pause = () => {
  live.paused = !live.paused;
  document.querySelector("[data-pause]")?.setAttribute("aria-pressed", String(live.paused));
  if (!live.paused) tickNow();
  show();
};
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-pause]")) pause();
  if (e.target.closest("[data-refresh-now]")) tickNow();
  if (e.target.closest("[data-show-news]")) {
    for (const el of document.querySelectorAll("[data-hold]")) htmx.ajax("GET", el.getAttribute("hx-get"), { target: `#${el.id}`, source: `#${el.id}`, swap: "outerMorph" });
  }
});
addEventListener("DOMContentLoaded", () => { show(); schedule(); setInterval(age, 1000); setInterval(second, 1000); });

// Live updates: one tick for all regions, none in hidden tabs, held while someone is at work on a list.
// Regions ask by themselves on live:tick; what one address is asked for in one tick goes in one request.
const root = document.documentElement;
const CALM = 15000, TIMEOUT = 8000;
const live = { every: 1000 * Number(root.dataset.refresh || 5), misses: 0, paused: false, still: false, out: false, timer: 0, next: 0, fresh: 0, moved: 0, last: Date.now(), full: Date.now() };
const REGION = "[hx-trigger*='live:tick']";
const shown = new WeakMap(); // a region -> the tag of what it shows
const busy = new Set();
let gathered = null, turn = Promise.resolve(); // answers are put on the page one after the other

const picked = (el) => getSelection().type === "Range" && el.contains(getSelection().anchorNode);
const held = (el) => el.matches("[data-hold]") && Date.now() > live.fresh && !!(
  el.querySelector("tbody input:checked") || picked(el) ||
  (el !== document.activeElement && el.contains(document.activeElement)) ||
  (!live.still && matchMedia("(hover: hover)").matches && el.querySelector("tbody:hover")) ||
  document.querySelector("dialog[open], details.menu[open]"));

const interval = () => live.every && (events.healthy ? Math.max(live.every, CALM) : live.every);
const schedule = () => {
  clearTimeout(live.timer);
  if (!live.every) return;
  const wait = Math.min(live.every * 2 ** Math.min(live.misses, 4), 60000) * (0.9 + Math.random() * 0.2);
  live.next = Date.now() + wait;
  live.timer = setTimeout(tick, wait);
};
// While the stream says what changes, regions with a topic are asked for in full less often, the others as ever.
const tick = () => {
  if (!document.hidden && !live.paused) {
    const rest = events.healthy && Date.now() - live.full < CALM - live.every / 2;
    if (!rest) live.full = Date.now();
    htmx.trigger(document.body, "live:tick", { rest });
  }
  schedule();
};
const tickNow = () => { live.full = Date.now(); htmx.trigger(document.body, "live:tick"); schedule(); };
// What moves while someone watches, such as an operation under way, is asked for every second; a list that was held and
// need not be any more, at once.
const second = () => {
  if (document.hidden || live.paused || !live.every || live.misses) return;
  for (const each of document.querySelectorAll("#news [data-region]")) { const el = document.getElementById(each.dataset.region); if (el && !held(el)) gather(el); }
  for (const el of document.querySelectorAll("[data-second]")) htmx.trigger(el, "live:second");
};

const meant = (el, { topics, rest } = {}) => topics ? el.dataset.topic === "*" || topics.some((topic) => el.dataset.topic?.split(" ").includes(topic)) : !rest || el.dataset.topic === undefined;
const gather = (el) => {
  if (!gathered) { gathered = new Map(); queueMicrotask(askAll); }
  const at = el.getAttribute("hx-get");
  gathered.set(at, [...(gathered.get(at) || []), el]);
};
const askAll = async () => {
  const all = [...gathered];
  gathered = null;
  const answered = await Promise.all(all.map(([at, regions]) => inquire(at, regions)));
  if (answered.includes(true)) { live.misses = 0; live.last = Date.now(); }
  else if (answered.includes(false)) { live.misses += 1; schedule(); }
  show();
};
// True when the dashboard answered, false when it could not be reached, null when it was being asked already.
const inquire = async (at, regions) => {
  if (busy.has(at)) return null;
  busy.add(at);
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": location.href, "Live-Regions": regions.map((el) => `${el.id}=${shown.get(el) || ""}`).join(" ") };
  const still = regions.filter(held).map((el) => el.id);
  if (still.length) headers["Live-Hold"] = still.join(" ");
  still.forEach(letGo);
  try {
    const reply = await fetch(at, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
    return await received(at, regions.filter((el) => el.isConnected), reply, await reply.text());
  } catch { return false; } finally { busy.delete(at); }
};
const received = async (at, regions, reply, text) => {
  live.out = reply.status === 401 || reply.type === "opaqueredirect";
  if (live.out) live.signIn = reply.headers.get("Live-Sign-In");
  if (live.out || !regions.length) return true;
  const ours = reply.headers.get("Content-Type")?.startsWith("text/plain");
  if (reply.status >= 500 && !ours) return false; // a proxy answered, not the dashboard
  if (reply.status >= 400) { fail(regions, ours ? text : ""); return true; }
  const bad = (reply.headers.get("Live-Failed") || "").split(" "), tags = reply.headers.get("Live-Tags") || "";
  for (const el of regions) if (bad.includes(el.id)) fail([el], ""); else mend(el);
  if (text) await (turn = turn.catch(() => {}).then(() => exchange(at, regions, text, tags.split(" ").filter(Boolean).map((pair) => pair.split("=")))));
  hold();
  return true;
};
// What is read, and what a pointer is about to press, stays where it is, whatever comes or goes above it; browsers do not
// look into tables that scroll sideways.
const pointed = () => Date.now() - live.moved < 2000 && [...document.querySelectorAll("main .page :hover")].filter((each) => each.id || each.matches("a, button, summary, td, th")).pop();
const anchor = () => {
  const edge = document.querySelector(".top").getBoundingClientRect().bottom;
  const el = pointed() || scrollY > 0 && [...document.querySelectorAll("main tr[id], main section, main .panel")].find((each) => each.getBoundingClientRect().top >= edge);
  const before = el && el.getBoundingClientRect().top;
  return () => { if (el?.isConnected) scrollBy({ top: el.getBoundingClientRect().top - before, behavior: "instant" }); };
};
const rowsIn = (el) => [...el.querySelectorAll("tbody tr[id]")];
const exchange = async (at, regions, text, tags) => {
  if (regions.some((el) => el.getAttribute("hx-get") !== at)) return; // a filter was quicker: this is the list before it
  const before = new Set(regions.flatMap(rowsIn).map((row) => row.id));
  const back = anchor();
  await htmx.swap({ text, sourceElement: regions[0], target: regions[0], swap: "none", request: {} });
  back();
  for (const [id, tag] of tags) {
    const el = document.getElementById(id);
    if (!el) continue;
    shown.set(el, tag);
    if (before.size) for (const row of rowsIn(el)) if (!before.has(row.id)) row.classList.add("is-new");
    letGo(id);
  }
};

document.addEventListener("htmx:config:request", (e) => {
  const { ctx } = e.detail;
  if (ctx.sourceEvent?.type === "live:tick") {
    e.preventDefault();
    if (meant(ctx.sourceElement, ctx.sourceEvent.detail)) gather(ctx.sourceElement);
  } else if (ctx.request.method.toUpperCase() !== "GET" && root.dataset.conn === "down") { e.preventDefault(); notSent(); }
});
// A region that was put there otherwise, by a filter or after a change: its tag is known too.
document.addEventListener("htmx:after:swap", (e) => {
  const { ctx } = e.detail, tag = ctx?.response?.headers?.get?.("HX-PTag"), el = ctx?.target?.id && document.getElementById(ctx.target.id);
  if (!tag || !el?.matches(REGION)) return;
  shown.set(el, tag);
  letGo(el.id);
  hold();
});

// A change was made: show it at once, also in regions that do not poll, and under a pointer that rests where it clicked.
document.addEventListener("pointermove", (e) => { if (e.movementX || e.movementY) { live.still = false; live.moved = Date.now(); } }, { passive: true });
document.addEventListener("live:changed", (e) => {
  const { regions = [], back } = e.detail;
  live.fresh = Date.now() + 500;
  live.still = true;
  for (const id of regions) if (document.getElementById(id)) htmx.ajax("GET", back, { target: `#${id}`, source: `#${id}`, swap: "outerMorph" });
  tickNow();
});
const firingWords = () => new RegExp(`^${_("(%(num)s firing)", { num: "0" }).replace(/[()（）]/g, "\\$&").replace("0", "\\d+")} `);
document.addEventListener("htmx:after:swap", () => {
  const nav = document.getElementById("navigation"), icon = document.querySelector("link[rel=icon]");
  const firing = Number(nav?.dataset.firing || 0);
  const title = document.title.replace(firingWords(), "");
  document.title = firing ? `${_("(%(num)s firing)", { num: firing })} ${title}` : title;
  const href = firing ? icon?.dataset.firing : icon?.dataset.quiet;
  if (icon && icon.getAttribute("href") !== href) icon.setAttribute("href", href);
});

const pause = () => {
  live.paused = !live.paused;
  document.querySelector("[data-pause]")?.setAttribute("aria-pressed", String(live.paused));
  listen();
  if (!live.paused) tickNow();
  show();
};
const awake = () => { listen(); if (!document.hidden && !live.paused && live.every) tickNow(); };
document.addEventListener("visibilitychange", awake);
addEventListener("pageshow", (e) => { if (e.persisted) awake(); });
addEventListener("online", awake);
document.addEventListener("click", (e) => {
  if (e.target.closest("[data-pause]")) pause();
  if (e.target.closest("[data-refresh-now]")) tickNow();
  if (e.target.closest("[data-show-news]")) { live.fresh = Date.now() + 500; document.querySelectorAll("[data-hold]").forEach(gather); }
});
addEventListener("DOMContentLoaded", () => { show(); schedule(); listen(); setInterval(show, 1000); setInterval(second, 1000); });

// Hurry-ups: /events names what changed, and the regions with that topic ask at once. Without it the ticks do, later.
const SPACING = 1000, AGAIN = 60000, SLOTS = 3;
const events = { source: null, healthy: false, again: 0, topics: new Set(), told: new Set(), timer: 0, echo: 0, hurried: 0, release: null };

const wanted = () => root.dataset.events && !document.hidden && !live.paused && live.every && live.every <= CALM && Date.now() >= events.again;
const hush = () => {
  events.source?.close();
  events.release?.();
  clearTimeout(events.timer);
  clearTimeout(events.echo);
  Object.assign(events, { source: null, healthy: false, release: null, timer: 0 });
  events.topics.clear();
};
// What the server reads is shared for a second, by another of its processes perhaps, so the last hurry is repeated after it.
const hurry = (topics, again = false) => {
  for (const topic of topics) events.topics.add(topic);
  if (!again) {
    for (const topic of topics) events.told.add(topic);
    clearTimeout(events.echo);
    events.echo = setTimeout(() => { hurry([...events.told], true); events.told.clear(); }, SPACING + 300);
  }
  if (events.timer) return;
  events.timer = setTimeout(() => {
    const found = [...events.topics];
    events.topics.clear();
    Object.assign(events, { timer: 0, hurried: Date.now() });
    if (!document.hidden && !live.paused && !live.misses) htmx.trigger(document.body, "live:tick", { topics: found });
  }, Math.max(Math.random() * 250, events.hurried + SPACING - Date.now()));
};
const connect = () => {
  const source = events.source = new EventSource(root.dataset.events);
  source.addEventListener("open", () => { events.healthy = true; });
  source.addEventListener("changed", (e) => hurry(e.data.split(" ")));
  source.addEventListener("error", () => {
    events.healthy = false;
    if (source.readyState !== EventSource.CLOSED || events.source !== source) return; // it connects again by itself
    events.again = Date.now() + AGAIN;
    hush();
  });
};
// A browser opens six connections to a server at most, so a few of its windows listen, and the others only tick.
const claim = (slot) => slot < SLOTS && navigator.locks.request(`live-${slot}`, { ifAvailable: true }, (lock) => {
  if (!lock) return claim(slot + 1);
  if (events.source || !wanted()) return null;
  connect();
  return new Promise((done) => { events.release = done; });
});
const listen = () => {
  if (!wanted()) hush();
  else if (!events.source) { if (navigator.locks) claim(0); else connect(); }
};
setInterval(() => listen(), 15000);
addEventListener("pagehide", hush);

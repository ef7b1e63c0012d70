// The read-out of charts: a pointer, a tap or the arrow keys move one line through all charts on an axis. What it says
// are the server's texts; the place is kept as a time, so that it stays where it is while buckets come and go.
{
const SVG = "http://www.w3.org/2000/svg";
const reading = { id: "", at: 0, keys: false };
const beside = (fig) => [...(fig.closest(".charts")?.querySelectorAll("[data-said]") || [fig])];
const buckets = (fig) => fig.dataset.said.split("|");
const [startOf, stepOf] = [(fig) => Number(fig.dataset.start), (fig) => Number(fig.dataset.step)];
const placeOf = (fig, at) => Math.max(0, Math.min(buckets(fig).length - 1, Math.floor((at - startOf(fig)) / stepOf(fig))));

const stretch = (fig, place) => {
  const step = stepOf(fig), from = startOf(fig) + place * step, { zone } = fig.dataset;
  const clock = { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(step < 60 && { second: "2-digit" }) };
  const words = (at, more) => new Date(at * 1000).toLocaleString(root.lang, { ...clock, ...more });
  const begins = words(from, step * buckets(fig).length > 86000 ? { day: "numeric", month: "short" } : {});
  return step > 60 ? `${begins}–${words(from + step)} ${zone}` : `${begins} ${zone}`;
};
const lines = (fig, place) => {
  const [, row, part] = buckets(fig)[place].match(/^(.*?)(\*?)$/), texts = row.split(";");
  const found = fig.dataset.names.split("|").map((name, at) => `${name} ${texts[at] === "~" ? _("none ended") : texts[at] || _("not read")}`.trim());
  return [...(row ? found : [_("not read")]), ...(part ? [_("incomplete")] : [])];
};

const draw = (fig, place) => {
  const svg = fig.querySelector(".plot > svg"), x = `${100 * (place + .5) / buckets(fig).length}%`;
  let line = svg.querySelector(".cross"), tip = fig.querySelector(".tip");
  if (!line) { line = document.createElementNS(SVG, "line"); line.setAttribute("class", "cross"); svg.append(line); }
  if (!tip) { tip = document.createElement("div"); tip.className = "tip"; tip.ariaHidden = "true"; fig.querySelector(".plot").append(tip); }
  for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 14, y2: 98 })) line.setAttribute(name, value);
  const [time, ...rows] = [stretch(fig, place), ...lines(fig, place)].map((text) => Object.assign(document.createElement("span"), { textContent: text }));
  tip.replaceChildren(time, ...rows);
  const width = svg.clientWidth, at = width * parseFloat(x) / 100;
  tip.style.left = `${at < width / 2 ? Math.min(at + 10, width - tip.offsetWidth) : Math.max(at - 10 - tip.offsetWidth, 0)}px`;
};
const clear = () => { for (const old of document.querySelectorAll(".plot .tip, .plot .cross")) old.remove(); };
const read = (fig, place) => {
  Object.assign(reading, { id: fig.id, at: startOf(fig) + place * stepOf(fig) });
  for (const each of beside(fig)) draw(each, placeOf(each, reading.at));
};
const stopReading = () => { reading.id = ""; clear(); };
const tell = (fig, place) => announce(`${fig.querySelector("figcaption b").textContent}, ${[stretch(fig, place), ...lines(fig, place)].join(", ")}`);
const figureOf = (e) => e.target.closest?.(".reader")?.closest("[data-said]");

for (const name of ["pointermove", "pointerdown"]) document.addEventListener(name, (e) => {
  const fig = figureOf(e), box = fig && e.target.getBoundingClientRect();
  if (fig) { reading.keys = false; read(fig, placeOf(fig, startOf(fig) + stepOf(fig) * buckets(fig).length * (e.clientX - box.left) / box.width)); }
  else if (reading.id && !reading.keys) stopReading();
});
document.addEventListener("focusin", (e) => {
  const fig = figureOf(e);
  if (!fig || !e.target.matches(":focus-visible")) return;
  const said = buckets(fig), last = said.findLastIndex((row) => row && !row.endsWith("*"));
  reading.keys = true;
  read(fig, last < 0 ? said.length - 1 : last);
});
document.addEventListener("focusout", (e) => { if (figureOf(e) && reading.keys) stopReading(); });
document.addEventListener("keydown", (e) => {
  const fig = figureOf(e);
  if (!fig || e.ctrlKey || e.metaKey || e.altKey) return;
  const count = buckets(fig).length, now = reading.id ? placeOf(fig, reading.at) : count - 1;
  const to = { ArrowLeft: now - 1, ArrowRight: now + 1, PageUp: now - 10, PageDown: now + 10, Home: 0, End: count - 1 }[e.key];
  if (to === undefined) return;
  e.preventDefault();
  reading.keys = true;
  const place = Math.max(0, Math.min(count - 1, to));
  read(fig, place);
  tell(fig, place);
});
document.addEventListener("htmx:after:swap", () => {
  const fig = reading.id && document.getElementById(reading.id);
  if (fig) read(fig, placeOf(fig, reading.at));
});
}

// What the top bar and the banner under it say of the connection; parts that failed; lists that are held.
const clockOf = (at, zone = "short") => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: root.dataset.zone || "UTC", timeZoneName: zone || undefined });
const wordOf = (state) => ({ live: _("Live"), paused: _("Paused"), stale: _("Stale"), down: _("Offline"), off: _("Not live"), out: _("Signed out") })[state];
const stateOf = () => {
  if (live.paused) return "paused";
  if (live.out) return "out";
  if (live.misses >= 3) return "down";
  if (!live.every) return "off";
  return live.misses || Date.now() - live.last > 3.3 * interval() + 1000 ? "stale" : "live";
};
const put = (el, text) => { if (el && el.textContent !== text) el.textContent = text; };
const bannered = (state) => state !== "stale" || live.misses > 1 || Date.now() - live.last > 4 * interval();
const show = () => {
  const state = stateOf(), badge = document.getElementById("live"), place = document.getElementById("connection");
  if (!badge) return; // a page that stands alone, as that to sign in
  root.dataset.conn = state === "down" ? "down" : "up";
  root.toggleAttribute("data-stale", state === "stale" || state === "down");
  const word = badge.querySelector("[data-live-word]"), banner = bannered(state) ? document.getElementById(`conn-${state}`) : null;
  if (badge.dataset.conn !== state) { badge.dataset.conn = state; put(word, wordOf(state)); }
  put(badge.querySelector("[data-live-age]"), `· ${state === "paused" || state === "off" ? clockOf(live.last, "") : ago(live.last, Date.now())}`);
  badge.title = clockOf(live.last);
  if (place.dataset.shows !== (banner?.id || "")) {
    place.dataset.shows = banner?.id || "";
    const back = anchor();
    place.replaceChildren(...(banner ? [banner.content.cloneNode(true)] : []));
    back();
  }
  if (!banner) return;
  put(place.querySelector("[data-age]"), ago(live.last, Date.now()));
  put(place.querySelector("[data-at]"), clockOf(live.last));
  put(place.querySelector("[data-wait]"), _("%(seconds)s s", { seconds: Math.max(1, Math.round((live.next - Date.now()) / 1000)) }));
  const sign = place.querySelector("[data-sign-in]");
  if (sign) sign.href = live.signIn || location.href; // who is sent away elsewhere, by a proxy, is sent there again
};

// A part that could not be read keeps what it showed, says so, and offers to try again.
const fail = (regions, text) => {
  const place = regions.find((el) => el.checkVisibility() && el.offsetHeight) || regions[0], [title, ...detail] = text.split("\n");
  for (const el of regions) el.dataset.failed = "";
  let note = place.querySelector(":scope > .failed");
  if (!note) {
    place.prepend(document.getElementById("region-failed").content.cloneNode(true));
    note = place.querySelector(":scope > .failed");
    put(note.querySelector("[data-at]"), clockOf(live.last));
  }
  const why = detail.join(" ").trim() || title;
  put(note.querySelector("[data-why]"), why && !/[.!?]$/.test(why) ? `${why}.` : why);
};
const mend = (el) => {
  delete el.dataset.failed;
  el.querySelector(":scope > .failed")?.remove();
};
document.addEventListener("click", (e) => {
  const el = e.target.closest("[data-retry]")?.closest(REGION);
  if (el) document.querySelectorAll(REGION).forEach((each) => { if (each.getAttribute("hx-get") === el.getAttribute("hx-get")) gather(each); });
});

// What waits for a held list: how many of the rows that it would show are new.
const letGo = (id) => document.querySelector(`#news [data-region="${CSS.escape(id)}"]`)?.remove();
const becauseTicked = (n, more) => n ? counted("%(num)s new, list held while rows are selected.", "%(num)s new, list held while rows are selected.", n, more) : _("The list has changed; it is held while rows are selected.");
const becauseBusy = (n, more) => n ? counted("%(num)s new, list held while you are at work on it.", "%(num)s new, list held while you are at work on it.", n, more) : _("The list has changed; it is held while you are at work on it.");
const hold = () => {
  const waiting = document.querySelectorAll("#news [data-region]"), line = document.getElementById("held");
  const rows = [...waiting].flatMap((each) => JSON.parse(each.dataset.rows)), fresh = rows.filter((row) => !document.getElementById(row)).length;
  if (!waiting.length) return line.replaceChildren();
  if (!line.children.length) line.append(document.getElementById("held-words").content.cloneNode(true));
  const because = document.querySelector("[data-hold] tbody input:checked") ? becauseTicked : becauseBusy;
  put(line.querySelector("span"), because(fresh, fresh && fresh === rows.length ? { num: `${figure(fresh)}+` } : {}));
};

// Nothing is sent that cannot arrive, and a question that gets no answer says so.
const notSent = () => say(_("Not sent: the dashboard can’t be reached. Nothing was changed."));
document.addEventListener("submit", (e) => {
  if (root.dataset.conn !== "down" || e.defaultPrevented || e.target.method !== "post" || e.target.matches("[hx-post]")) return;
  e.preventDefault();
  notSent();
});
document.addEventListener("htmx:after:request", (e) => {
  const { ctx } = e.detail, status = ctx.response?.status ?? 0;
  if (status === 401) { live.out = true; live.signIn = ctx.response.headers.get("Live-Sign-In"); show(); }
  else if (status >= 400 && status !== 422 && ctx.sourceEvent?.type !== "live:second") refused(ctx);
});
document.addEventListener("htmx:error", (e) => {
  const { ctx } = e.detail;
  if (ctx && !ctx.response && ctx.sourceEvent?.type !== "live:second") say(_("No answer from the dashboard. Try again."));
});

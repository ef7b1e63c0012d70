// An operation that was started here, or was seen under way, has ended: the server says so when jobs were left out.
const followed = new Map(); // the address of an operation -> until when its end is waited for
const FOLLOWED = 600000;
const notice = () => {
  for (const el of document.querySelectorAll("[data-follow]")) { followed.set(el.dataset.follow, Date.now() + FOLLOWED); el.removeAttribute("data-follow"); }
  for (const el of document.querySelectorAll(".op[data-second]")) followed.set(el.getAttribute("hx-get"), Date.now() + FOLLOWED);
};
const ended = async (at) => {
  const headers = { "HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#toasts" };
  const reply = await fetch(at, { headers, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) }).catch(() => null);
  if (!reply || !followed.has(at) || (reply.status === 204 && !reply.headers.get("Live-Ended"))) return;
  followed.delete(at);
  if (reply.status === 200) await htmx.swap({ text: await reply.text(), sourceElement: toasts(), target: toasts(), swap: "beforeend", request: {} });
};
const seeEnds = () => {
  if (document.hidden || live.paused || live.misses) return;
  for (const [at, until] of followed) {
    if (Date.now() > until) followed.delete(at);
    else if (!document.querySelector(`.op[data-second][hx-get="${CSS.escape(at)}"]`)) ended(at); // a strip tells by itself
  }
};
document.addEventListener("htmx:after:swap", notice);
addEventListener("DOMContentLoaded", () => { notice(); setInterval(seeEnds, 1000); });

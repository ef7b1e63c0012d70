// Something to show took the place of the panel that waited for it: screen readers hear it once, and keep their place.
let waited = false;
document.addEventListener("focusin", (e) => { waited = !!e.target.closest?.(".first"); });
document.addEventListener("htmx:after:swap", () => {
  const here = document.querySelector("[data-announce]");
  if (!here) return;
  announce(here.dataset.announce);
  here.removeAttribute("data-announce");
  if (waited) document.getElementById("main").focus({ preventScroll: true });
});

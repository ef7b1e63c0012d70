// A control that who asks may not use says why when it is pressed.
document.addEventListener("click", (e) => {
  const off = e.target.closest?.("button[aria-disabled=true]");
  if (off) say(`${off.getAttribute("aria-label")}.`);
});

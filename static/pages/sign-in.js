// Says that caps lock is on while a password is typed.
const hint = document.querySelector("[data-caps]"), password = document.getElementById("password");
for (const type of ["keydown", "keyup", "mousedown"]) {
  password.addEventListener(type, (e) => {
    const words = e.getModifierState?.("CapsLock") ? hint.dataset.words : "";
    if (hint.textContent !== words) hint.textContent = words;
  });
}

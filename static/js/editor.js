// The editor of arguments: line numbers, indenting, and the line with the mistake. Without it the Check button does.
const NUMBERED = 5000;
const editing = () => document.querySelector("[data-editor] textarea");
let typed = false; // Tab indents only after typing, so that it never holds a keyboard on its way through the page

const mistake = () => document.querySelector("#check[data-line]")?.dataset;
const number = (text) => {
  const gutter = text.closest("[data-editor]").querySelector(".gutter");
  const lines = Math.min(text.value.split("\n").length, NUMBERED);
  while (gutter.children.length > lines) gutter.lastChild.remove();
  while (gutter.children.length < lines) gutter.append(Object.assign(document.createElement("span"), { textContent: gutter.children.length + 1 }));
  gutter.scrollTop = text.scrollTop;
};
const mark = () => {
  const text = editing();
  if (!text) return;
  number(text);
  const wrong = document.querySelector("#check .bad-t"), line = Number(mistake()?.line || 0);
  text.closest("[data-editor]").querySelectorAll(".gutter span").forEach((each, i) => each.classList.toggle("at", i === line - 1));
  if (wrong) text.setAttribute("aria-invalid", "true"); else text.removeAttribute("aria-invalid");
};
const insert = (text, words) => { if (!document.execCommand("insertText", false, words)) text.setRangeText(words, text.selectionStart, text.selectionEnd, "end"); };
const indent = (text, back) => {
  const { selectionStart: from, selectionEnd: to, value } = text, first = value.lastIndexOf("\n", from - 1) + 1;
  if (from === to && !back) return insert(text, "  ");
  const lines = value.slice(first, to), moved = back ? lines.replace(/^ {1,2}/gm, "") : lines.replace(/^/gm, "  ");
  if (moved === lines) return;
  text.setSelectionRange(first, to);
  insert(text, moved);
  if (from === to) text.setSelectionRange(Math.max(first, from + moved.length - lines.length), Math.max(first, from + moved.length - lines.length));
  else text.setSelectionRange(first, first + moved.length);
};

document.addEventListener("focusin", (e) => { if (e.target === editing()) typed = false; });
document.addEventListener("input", (e) => { if (e.target === editing()) { typed = true; number(e.target); } });
document.addEventListener("scroll", (e) => { if (e.target === editing()) e.target.closest("[data-editor]").querySelector(".gutter").scrollTop = e.target.scrollTop; }, true);
document.addEventListener("keydown", (e) => {
  const text = editing();
  if (!text || e.target !== text || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "Tab" && typed) { e.preventDefault(); indent(text, e.shiftKey); }
  if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
    const before = text.value.slice(text.value.lastIndexOf("\n", text.selectionStart - 1) + 1, text.selectionStart);
    const deeper = /[{[]\s*$/.test(before) ? "  " : "";
    e.preventDefault();
    insert(text, "\n" + before.match(/^ */)[0] + deeper);
  }
});
document.addEventListener("click", (e) => {
  const text = editing(), { line, column } = mistake() || {};
  if (!e.target.closest("[data-go-to-mistake]") || !text || !line) return;
  const at = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + Number(column) - 1;
  text.focus();
  text.setSelectionRange(at, Math.min(at + 1, text.value.length));
  text.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(text).lineHeight));
});
document.addEventListener("htmx:after:swap", (e) => { if (e.detail.ctx?.target?.id === "check") mark(); });
addEventListener("DOMContentLoaded", mark);

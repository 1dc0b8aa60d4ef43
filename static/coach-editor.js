"use strict";
// The preview follows the writing: the form is sent to a second frame out of sight, which takes the first
// one's place when its mail is there. Without this file the button "Show" does the same by hand.
(() => {
  const form = document.querySelector("form.editor");
  const show = form?.querySelector("[data-preview]");
  const holder = form?.querySelector(".preview-frame");
  if (!show || !holder) return;
  const PAUSE = 700;
  let timer = 0;
  let drawn = 0;

  const draw = () => {
    const next = document.createElement("iframe");
    const name = `preview-${++drawn}`;
    const current = holder.querySelector("iframe:not(.next)");
    holder.querySelectorAll("iframe.next").forEach((late) => late.remove());
    Object.assign(next, { name, title: current.title, className: "next", tabIndex: -1 });
    next.sandbox.value = "";
    holder.append(next);
    next.addEventListener("load", () => {
      if (!next.isConnected || !next.dataset.sent) return;
      current.remove();
      next.className = "";
    });
    next.dataset.sent = "yes";
    show.setAttribute("formtarget", name);
    form.requestSubmit(show);
  };

  let changed = false;
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(draw, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter !== show) changed = false;
  });
  show.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    event.preventDefault();
    draw();
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
})();

// The board asks for itself every few seconds. It carries the name of the picture it shows, so that
// an unchanged one costs nothing; it stands still under a finger and says that there is something
// new; when the connection is down its clocks go on and it says so.
(() => {
  "use strict";

  const STILL = 4000;
  let stillUntil = 0;
  let waiting = false;

  const board = () => document.getElementById("cards");
  const part = (name) => board()?.querySelector(`[data-live-${name}]`);
  const isTouched = () =>
    performance.now() < stillUntil || (board()?.contains(document.activeElement) ?? false);

  const show = (name, is) => {
    const element = part(name);
    if (element) element.hidden = !is;
  };

  for (const kind of ["pointerdown", "pointermove", "touchstart", "wheel"]) {
    document.addEventListener(
      kind,
      (event) => {
        if (event.target.closest?.("#cards .board")) stillUntil = performance.now() + STILL;
      },
      { passive: true },
    );
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-live-apply]")) return;
    stillUntil = 0;
    event.target.blur();
    htmx.trigger(board(), "refresh");
  });

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "cards") return;
    event.detail.headers["X-Vigil-Poll"] = "1";
    if (!waiting) event.detail.headers["If-None-Match"] = board().dataset.etag;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "cards" || event.detail.xhr.status !== 200) return;
    waiting = isTouched();
    if (waiting) event.detail.shouldSwap = false;
    show("apply", waiting);
  });

  const isUp = (is) => (event) => {
    if (event.detail.elt?.id === "cards") show("down", !is);
  };
  document.addEventListener("htmx:afterOnLoad", isUp(true));
  for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    document.addEventListener(kind, isUp(false));
  }
})();

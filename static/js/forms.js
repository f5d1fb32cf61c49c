// Forms: ask once before typed answers are left behind, send a form once, show where the errors are.
(() => {
  "use strict";

  const changed = new Set();
  // Pressed while an answer was on its way to be kept: it goes after it, or it would meet its own change.
  const pressed = new Map();

  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-unsaved]");
    if (form) changed.add(form);
  });

  // Kept by the server while somebody was typing: nothing of it is left behind any more.
  document.addEventListener("saved", (event) => changed.delete(event.target.closest("form")));

  window.addEventListener("beforeunload", (event) => {
    const waiting = [...changed].some((form) => form.isConnected);
    if (!waiting) return;
    changed.clear(); // asked once; the second time the person means it
    event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.classList.contains("htmx-request")) {
      event.preventDefault();
      pressed.set(form, event.submitter);
      event.submitter?.setAttribute("aria-busy", "true");
      return;
    }
    changed.delete(form);
    if (form.hasAttribute("data-again")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  };

  // Back to this page from the browser's own memory, or an answer through htmx: it may be sent again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    document.querySelectorAll("form[data-sent]").forEach(release);
    const form = event.detail.elt;
    if (!pressed.has(form)) return;
    const button = pressed.get(form);
    pressed.delete(form);
    setTimeout(() => form.requestSubmit(button)); // once the answer has been taken in
  });

  const showErrors = () => document.querySelector("[data-error-summary]")?.focus();
  showErrors();
  document.addEventListener("htmx:afterSwap", showErrors);
})();

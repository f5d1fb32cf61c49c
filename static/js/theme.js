// Light or dim, without reloading: what was typed on the page stays where it is.
// Without this file the same form posts and the page comes back in the other theme.
(() => {
  "use strict";

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-theme-form]")) return;
    event.preventDefault();
    const button = form.querySelector("button[name=theme]");
    const chosen = button.value;
    const body = new FormData(form);
    body.set("theme", chosen);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Quietly": "1" } });
      if (!answer.ok) throw new Error("refused");
    } catch {
      form.submit();
      return;
    }
    const dim = chosen === "dim";
    document.documentElement.dataset.bsTheme = dim ? "dark" : "light";
    button.value = dim ? "light" : "dim";
    form.querySelector(".words").textContent = dim ? "Light screen" : "Dim screen";
  });
})();

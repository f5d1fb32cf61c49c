// The lock: a page nobody uses is covered. What was typed stays in the page, and nowhere else; what
// is due stays visible by room and time. The server holds the truth: this file only shows it, and
// says to the server, once a minute at most, that somebody types or points.
(() => {
  "use strict";

  const box = document.getElementById("lock");
  if (!box) return;
  const MINUTE = 60000;
  const after = Number(box.dataset.afterMinutes) * MINUTE;
  const staysOpen = box.hasAttribute("data-stays-open");
  const form = box.querySelector("[data-lock-form]");
  const words = box.querySelector(".lock-words");
  const token = () => form.elements.csrfmiddlewaretoken.value;
  let told = Date.now(); // when the server last heard of somebody
  let title = document.title;

  const draw = (due) => {
    const place = box.querySelector("[data-lock-due]");
    place.hidden = due.length === 0;
    place.querySelector("ul").replaceChildren(...due.map((each) => {
      const line = document.createElement("li");
      line.textContent = `${each.at} ${each.room}${each.late ? ": overdue" : ""}`;
      return line;
    }));
  };

  const cover = () => {
    if (staysOpen) {
      document.getElementById("lock-note").hidden = false;
      return;
    }
    if (box.open) return;
    title = document.title;
    document.title = "Locked · Vigil";
    document.documentElement.dataset.locked = "";
    document.querySelectorAll("dialog[open]").forEach((other) => { other.dataset.under = ""; other.close(); });
    box.showModal();
    form.elements.password.focus();
  };

  const uncover = () => {
    told = Date.now();
    form.elements.password.value = form.elements.code.value = "";
    words.hidden = true;
    document.getElementById("lock-note").hidden = true;
    if (!box.open) return;
    box.close();
    delete document.documentElement.dataset.locked;
    document.title = title;
    document.querySelectorAll("dialog[data-under]").forEach((other) => { delete other.dataset.under; other.showModal(); });
  };

  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.state, { headers: { "X-Vigil-Poll": "1", Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const said = await answer.json();
      draw(said.due);
      box.querySelector("[data-lock-passkey]").hidden = !(said.passkey && window.PublicKeyCredential);
      box.querySelector("[data-lock-code]").hidden = !said.code;
      if (said.locked) cover();
      else if (box.open) uncover(); // unlocked in another window of this sign-in
    } catch {
      if (Date.now() - told >= after) cover();
    }
  };

  // -- Somebody is there ----------------------------------------------------------------------

  const tell = async () => {
    told = Date.now();
    const answer = await fetch(box.dataset.active, { method: "POST", headers: { "X-CSRFToken": token(), "X-Quietly": "1" } }).catch(() => null);
    if (answer && answer.status === 423) cover();
  };

  const used = (event) => {
    if (box.open || !event.isTrusted) return;
    if (Date.now() - told >= after && !staysOpen) {
      event.preventDefault();
      event.stopPropagation();
      cover();
    } else if (Date.now() - told >= MINUTE) tell();
  };
  for (const name of ["keydown", "pointerdown"]) document.addEventListener(name, used, true);

  // -- Nobody is ------------------------------------------------------------------------------

  setInterval(() => { if (box.open || Date.now() - told >= after - 5000) ask(); }, 15000);
  for (const name of ["focus", "pageshow"]) window.addEventListener(name, () => { if (Date.now() - told >= MINUTE) ask(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - told >= MINUTE) ask(); });
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 423) cover(); });
  box.addEventListener("cancel", (event) => event.preventDefault());
  box.addEventListener("close", () => { if ("locked" in document.documentElement.dataset) box.showModal(); });

  // -- It is still you ------------------------------------------------------------------------

  const send = async (address, body) => {
    words.hidden = true;
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Quietly": "1" } }).catch(() => null);
    if (answer && answer.status === 204) {
      delete document.documentElement.dataset.locked;
      uncover();
      return;
    }
    const said = answer && answer.status === 422 ? await answer.json() : null;
    if (said && said.needs_code) box.querySelector("[data-lock-code]").hidden = false;
    words.textContent = said ? said.words
      : answer ? "This sign-in has ended. Sign in again in another window, then come back to this one."
        : "No connection. Try again when it is back.";
    words.hidden = false;
    form.elements.password.select();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form.action, new FormData(form));
  });

  const library = () => new Promise((resolve, reject) => {
    if (window.webauthnJSON) return resolve();
    const script = document.createElement("script");
    script.src = box.dataset.library;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  box.querySelector("[data-lock-passkey]").addEventListener("click", async () => {
    try {
      await library();
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      const asked = await (await fetch(box.dataset.passkeyAt, { method: "POST", headers })).json();
      const body = new FormData();
      body.append("credential", JSON.stringify(await window.webauthnJSON.get(asked.request_options)));
      await send(box.dataset.passkeyAt, body);
    } catch {
      words.textContent = "The key did not answer. Try again, or use your password.";
      words.hidden = false;
    }
  });
})();

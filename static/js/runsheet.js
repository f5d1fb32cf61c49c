// The run sheet in the browser: asks every few seconds whether something changed, keeps what was
// typed when there is no network, gives each tap a key of its own. Without this file every tap is a
// form that is posted, and the page comes back as it stands.
(() => {
  "use strict";

  const live = document.querySelector("[data-live][hx-get]");
  const moving = [live, document.getElementById("later")];
  const lost = document.getElementById("connection");
  let tag = live ? live.dataset.etag : "";
  let pressed = false;

  const newKey = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  // -- The connection: said when it is gone, and when it is back ------------------------------

  const say = (words) => {
    if (!lost) return;
    lost.hidden = !words;
    if (words) lost.querySelector(".words").textContent = words;
  };

  const clock = () => {
    const wall = document.querySelector("[data-wall-clock]");
    return wall ? wall.textContent : "";
  };

  // -- The moving part ---------------------------------------------------------------------------

  document.addEventListener("pointerdown", () => { pressed = true; });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => setTimeout(() => { pressed = false; }, 400));
  }

  const isPoll = (event) => live && event.detail.elt === live;

  document.addEventListener("htmx:configRequest", (event) => {
    if (isPoll(event) && tag) event.detail.headers["If-None-Match"] = tag;
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isPoll(event) || event.detail.xhr.status !== 200) return;
    // Nothing moves under a finger, nor under a keyboard's focus: the next question brings it.
    if (pressed || moving.some((part) => part && part.contains(document.activeElement))) {
      event.detail.shouldSwap = false;
      return;
    }
    tag = event.detail.xhr.getResponseHeader("ETag") || "";
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const status = event.detail.xhr ? event.detail.xhr.status : 0;
    if (status > 0) {
      if (isPoll(event)) say("");
      const tap = event.target.closest ? event.target.closest("form[data-tap]") : null;
      if (tap && event.detail.successful) tapped(tap);
      return;
    }
    say(isPoll(event)
      ? `No connection since ${clock()}. What you see is from before; what you enter is not saved.`
      : "No connection: not saved. Tap again when it is back.");
  });

  const tapped = (form) => {
    say("");
    form.elements.client_key.value = newKey();
    tag = ""; // something was written: the next question is answered in full
    const line = document.querySelector("#log > li");
    if (line) line.classList.add("rs-new");
    saved(new Date());
  };

  const saved = (at) => {
    const place = document.getElementById("saved");
    const wall = document.querySelector("[data-wall-clock]");
    if (!place || !wall) return;
    const format = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: wall.dataset.zone };
    const time = place.querySelector("time");
    if (time) time.textContent = new Intl.DateTimeFormat("en-GB", format).format(at);
  };

  // -- Eight seconds to undo; afterwards the same act strikes out -----------------------------

  const UNDO = 8000;
  setInterval(() => {
    for (const form of document.querySelectorAll("form[data-undo]")) {
      if (Date.now() - Date.parse(form.dataset.undo) > UNDO) {
        const words = form.querySelector(".words");
        if (words && words.textContent !== "Strike out") words.textContent = "Strike out";
      }
    }
  }, 1000);

  // -- Forms whose typing must survive a broken wire ------------------------------------------

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-keep]") || event.defaultPrevented) return;
    const button = event.submitter;
    event.preventDefault();
    const body = new FormData(form);
    if (button && button.name) body.append(button.name, button.value);
    let answer;
    try {
      answer = await fetch(form.action || location.href, { method: "POST", body, credentials: "same-origin" });
    } catch {
      release(form);
      say("No connection: not saved. What was typed is still here; save again when it is back.");
      return;
    }
    say("");
    if (answer.redirected) {
      location.assign(answer.url);
      return;
    }
    await show(answer, form);
  });

  const show = async (answer, form) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) {
      release(form);
      say(`Not saved: the server answered ${answer.status}. What was typed is still here.`);
      return;
    }
    document.querySelector("main").replaceWith(document.adoptNode(main));
    if (window.htmx) window.htmx.process(document.querySelector("main"));
    window.scrollTo(0, 0);
    const summary = document.querySelector("[data-error-summary]");
    if (summary) summary.focus();
  };

  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-busy]").forEach((each) => each.removeAttribute("aria-busy"));
  };

  // A time typed means "at a time".
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".rs-time")) return;
    const choice = document.querySelector("input[name=when][value=at]");
    if (choice && event.target.value) choice.checked = true;
  });
})();

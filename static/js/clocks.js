// Clocks run on the server's time: the difference to this device's clock is measured once a page and
// said aloud where it is more than half a minute. Times already drawn by the server stay until then.
//   data-wall-clock, data-zone         the time of day in the site's zone
//   data-clock-since[, data-prefix]    time passed since a moment: T+1hr 52min
//   data-due-at, data-tolerance        upcoming, due, overdue, redrawn as time passes
(() => {
  "use strict";

  const wall = document.querySelector("[data-wall-clock]");
  const skew = wall ? Date.parse(wall.dataset.wallClock) - performance.timeOrigin - performance.now() : 0;
  const now = () => performance.timeOrigin + performance.now() + skew;
  const MINUTE = 60000;

  const words = (milliseconds) => {
    const minutes = Math.floor(Math.abs(milliseconds) / MINUTE);
    const units = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "hr"], [minutes % 60, "min"]];
    return units.filter(([n]) => n).map(([n, unit]) => n + unit).join(" ") || "0min";
  };

  const write = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };

  const drawWall = () => {
    if (!wall) return;
    const format = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: wall.dataset.zone };
    write(wall, new Intl.DateTimeFormat("en-GB", format).format(now()));
  };

  const drawElapsed = (element) => {
    const passed = now() - Date.parse(element.dataset.clockSince);
    const prefix = element.dataset.prefix || "";
    write(element, passed < 0 ? "in " + words(passed) : prefix + words(passed));
  };

  const STATES = {
    upcoming: { tone: "neutral", shape: "ring", word: "Upcoming" },
    due: { tone: "attention", shape: "half", word: "Due" },
    overdue: { tone: "danger", shape: "square", word: "Overdue" },
  };

  const drawDue = (chip) => {
    const late = now() - Date.parse(chip.dataset.dueAt);
    const tolerance = Number(chip.dataset.tolerance || 0) * MINUTE;
    const state = late > tolerance ? "overdue" : late >= -tolerance ? "due" : "upcoming";
    const note = state === "overdue" ? "by " + words(late) : late < 0 ? "in " + words(late) : "now";
    write(chip.querySelector(".due-when"), note);
    if (chip.dataset.state === state) return;
    chip.dataset.state = state;
    chip.className = `chip due tone-${STATES[state].tone}${state === "overdue" ? " is-overdue" : ""}`;
    write(chip.querySelector(".due-word"), STATES[state].word);
    const use = chip.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, "#" + STATES[state].shape));
    if (state === "due") announce(chip.dataset.say || "An observation is due.");
  };

  // Said once and politely: the live region is the page's own message area.
  const announce = (text) => {
    const region = document.getElementById("messages");
    if (!region) return;
    const line = document.createElement("p");
    line.className = "visually-hidden";
    line.textContent = text;
    region.append(line);
  };

  const draw = () => {
    drawWall();
    document.querySelectorAll("[data-clock-since]").forEach(drawElapsed);
    document.querySelectorAll("[data-due-at]").forEach(drawDue);
  };

  const ownClockIsWrong = wall && Math.abs(skew) > 30000;
  if (ownClockIsWrong) {
    // A line of its own, under the bar the clock stands in: it may be long, and the bar is full.
    const line = document.createElement("p");
    line.className = "clock-skew no-print";
    line.textContent = `This device's clock is ${words(skew)} ${skew > 0 ? "slow" : "fast"}.`;
    (wall.closest(".rs-bar") || wall.parentElement).after(line);
  }

  draw();
  setInterval(draw, 5000);
  document.addEventListener("htmx:afterSwap", draw);
})();

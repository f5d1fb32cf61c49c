// The key "/" goes to the people search; Escape and a press elsewhere close an open menu.
(() => {
  "use strict";

  const typing = (element) =>
    element.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(element.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
      const search = document.querySelector("#people-search");
      if (!search || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (!menu) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const text = document.getElementById(copy.dataset.copy).innerText;
      navigator.clipboard.writeText(text).then(() => { copy.querySelector(".words").textContent = "Copied"; });
    }
  });

  // On a narrow screen a row of places scrolls: it begins at the place one is at.
  const showWhereOneIs = () => {
    for (const here of document.querySelectorAll(".side-nav [aria-current], .tabs [aria-current]")) {
      const row = here.closest(".side-nav, .tabs");
      const box = here.getBoundingClientRect();
      row.scrollLeft += box.left - row.getBoundingClientRect().left - (row.clientWidth - box.width) / 2;
    }
  };
  showWhereOneIs();
  window.addEventListener("resize", showWhereOneIs);

  // A page that was asked for in print, and whose print has been written down, prints itself once.
  if (window.location.hash === "#print") {
    history.replaceState(null, "", window.location.pathname + window.location.search);
    window.print();
  }
})();

// A link with data-dialog="ID" opens that dialog in place; without this file it goes to the full page.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (!dialog) return;
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });

  // A dialog that came back with errors stands open again.
  for (const dialog of document.querySelectorAll("dialog[data-open]")) dialog.showModal();
})();

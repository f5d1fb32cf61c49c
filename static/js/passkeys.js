// Passkeys: a form with data-passkey asks the device's key before it is sent.
//   data-passkey="create|get"; what the key is asked with stands in #js_data, or comes from
//   data-options-from. Also offered to other scripts as window.vigilPasskey.
(() => {
  "use strict";

  const options = async (form) => {
    if (!form.dataset.optionsFrom) return JSON.parse(document.getElementById("js_data").textContent);
    const asked = { headers: { Accept: "application/json" } };
    if (form.dataset.optionsBy) {
      asked.method = form.dataset.optionsBy;
      asked.headers["X-CSRFToken"] = form.elements.csrfmiddlewaretoken.value;
    }
    const answer = await fetch(form.dataset.optionsFrom, asked);
    if (!answer.ok) throw new Error("The site did not answer.");
    return answer.json();
  };

  const withoutPassword = (creation, wanted) => {
    const asked = JSON.parse(JSON.stringify(creation));
    const choice = asked.publicKey.authenticatorSelection;
    choice.residentKey = wanted ? "required" : "discouraged";
    choice.requireResidentKey = wanted;
    if (wanted) choice.userVerification = "required";
    return asked;
  };

  const answerOf = async (form) => {
    const asked = await options(form);
    if (form.dataset.passkey === "get") return window.webauthnJSON.get(asked.request_options);
    const box = form.elements.passwordless;
    return window.webauthnJSON.create(withoutPassword(asked.creation_options, Boolean(box && box.checked)));
  };

  const say = (form, words) => {
    let line = form.querySelector("[data-passkey-words]");
    if (!line) {
      line = document.createElement("p");
      line.dataset.passkeyWords = "";
      line.setAttribute("role", "alert");
      line.className = "form-text";
      form.append(line);
    }
    line.textContent = words;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    // The field of a page that asks for the first time says "null".
    if (!form.dataset.passkey || form.elements.credential.value.length > 4) return;
    event.preventDefault();
    try {
      form.elements.credential.value = JSON.stringify(await answerOf(form));
    } catch {
      say(form, "The key did not answer. Try again, or choose another way.");
      return;
    }
    form.requestSubmit();
  }, true);
})();

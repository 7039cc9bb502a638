/* Around a form of the admin, while somebody types: what is missing, what is like it, who else is there, word counts. */
"use strict";
{
  const PAUSE = 1200; // milliseconds without a change before the site is asked
  const BEAT = 60000; // between two signs that somebody is still here
  const LONG = 30; // words of a long sentence

  /** Put what the site answers to the form, as it is now, into a part of the page. */
  async function ask(form, url, body, part) {
    try {
      const answer = await fetch(url, { method: "POST", body, credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 403) tellLoggedOut(form);
      else if (answer.ok) part.innerHTML = await answer.text();
    } catch {
      // offline: what stands there stays
    }
  }

  /** Say once that what is typed cannot be saved before the person has logged in again. */
  function tellLoggedOut(form) {
    if (form.querySelector(".lost")) return;
    const word = document.createElement("p");
    word.className = "lost";
    word.setAttribute("role", "alert");
    word.textContent = form.dataset.loggedOut;
    form.querySelector("[data-others]").after(word);
  }

  function watchRecord(form) {
    const beside = document.querySelector("[data-beside]");
    const check = () => ask(form, form.dataset.check, new FormData(form), beside);
    let timer;
    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(check, PAUSE);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    if (beside.querySelector("[data-unknown]")) check();
  }

  function sayPresence(form) {
    if (!form.dataset.presence) return;
    const others = document.querySelector("[data-others]");
    const token = () => {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      return body;
    };
    const beat = () => document.hidden || ask(form, form.dataset.presence, token(), others);
    beat();
    setInterval(beat, BEAT);
    addEventListener("pagehide", () => {
      const body = token();
      body.set("gone", "1");
      navigator.sendBeacon(form.dataset.presence, body);
    });
  }

  /** Say below a text how long it is, and which sentence is long. */
  function countWords(field) {
    const [fewest, most] = field.dataset.words.split("-").map(Number);
    const line = document.createElement("p");
    line.className = "readability";
    line.setAttribute("role", "status");
    field.after(line);
    const words = (text) => text.split(/\s+/).filter(Boolean).length;
    const say = () => {
      const sentences = field.value.split(/(?<=[.!?…])\s+/).filter((one) => one.trim());
      const count = words(field.value);
      const longest = Math.max(0, ...sentences.map(words));
      const sentence = sentences.length === 1 ? "sentence" : "sentences";
      line.textContent = `${count} words (${fewest} to ${most}), ${sentences.length} ${sentence}`;
      if (longest > LONG) line.textContent += `; one has ${longest} words: two would read better`;
      line.classList.toggle("off", count < fewest || count > most);
    };
    field.addEventListener("input", say);
    say();
  }

  /** Advise, once a title is left of which no slug can be made, because it has no Latin letter. */
  function adviseOnSlug(form) {
    const slug = form.elements.slug;
    if (!slug || slug.type === "hidden") return;
    const name = form.querySelector("[autofocus]:not(.faults)");
    const advice = document.createElement("p");
    advice.className = "help";
    advice.setAttribute("role", "status");
    slug.after(advice);
    const look = () => {
      const empty = name?.value.trim() && !slug.value;
      advice.textContent = empty ? form.dataset.slugAdvice : "";
    };
    form.addEventListener("focusout", () => setTimeout(look)); // a title that is pasted becomes a slug only then
  }

  /** Let a link to a field lead to it. */
  function leadToFields() {
    document.addEventListener("click", (event) => {
      const link = event.target.closest(".faults a, .lacks a");
      const field = link && document.querySelector(link.hash);
      if (!field) return;
      event.preventDefault();
      field.closest(".field, .part")?.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form.curator-form");
    if (!form) return;
    watchRecord(form);
    sayPresence(form);
    adviseOnSlug(form);
    leadToFields();
    form.querySelectorAll("[data-words]").forEach(countWords);
  });
}

/* What is typed into a form stays in this browser until it is saved: nobody loses it to a session that ended.
 *
 * It is for a form with `data-user` and `data-record`, its rows in `[data-rows]`, and `data-redrawn` where the site shows
 * again what was sent and not saved. One entry a record and person: the fields that differ from the form as it was opened,
 * and what they were. Gone when the form is saved, when the person logs out, or after a day.
 */
"use strict";
{
  const PREFIX = "curation:";
  const PAUSE = 600; // milliseconds
  const KEPT = 24 * 60 * 60 * 1000;
  const UNKEPT = /^(_|csrf)|-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/;

  const entries = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  /** Forget what is old, what was saved, and all where nobody is logged in any more. */
  function tidy() {
    const saved = document.querySelector(".messagelist .success");
    for (const key of entries()) {
      const entry = read(key);
      if (!entry || Date.now() - entry.time > KEPT || (entry.sent && saved)) localStorage.removeItem(key);
    }
    document.querySelector("#logout-form")?.addEventListener("submit", () => {
      entries().forEach((key) => localStorage.removeItem(key));
    });
  }

  class Draft {
    constructor(form) {
      this.form = form;
      this.key = `${PREFIX}${form.dataset.user}:${form.dataset.record}`;
      this.opened = form.elements._opened?.value;
      this.sending = false;
      const entry = read(this.key);
      const isRedrawn = "redrawn" in form.dataset;
      this.first = (isRedrawn && entry?.first) || this.values();
      if (isRedrawn) this.keep();
      else this.offer(entry);
      let timer;
      const later = () => {
        clearTimeout(timer);
        timer = setTimeout(() => this.keep(), PAUSE);
      };
      form.addEventListener("input", later);
      form.addEventListener("change", later);
      form.addEventListener("submit", (event) => this.send(event.submitter));
      addEventListener("beforeunload", (event) => {
        if (!this.sending && this.isChanged) event.preventDefault();
      });
    }

    /** The values of all fields by name, as texts; of what is chosen elsewhere, with the words that stand for it. */
    values() {
      const values = {};
      for (const field of this.form.elements) {
        if (!field.name || UNKEPT.test(field.name) || field.matches("button, [type=submit]")) continue;
        if (field.matches("select")) {
          values[field.name] = [...field.selectedOptions].map((option) => [option.value, option.text]);
        } else if (field.matches("[type=checkbox], [type=radio]")) {
          values[field.name] = field.checked;
        } else {
          values[field.name] = field.value;
        }
      }
      return values;
    }

    /** What differs from the form as it was opened. */
    changes() {
      const now = Object.entries(this.values());
      const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.first[name]);
      return Object.fromEntries(now.filter(differs));
    }

    get isChanged() {
      return Object.keys(this.changes()).length > 0;
    }

    keep() {
      const fields = this.changes();
      if (!Object.keys(fields).length) return localStorage.removeItem(this.key);
      const totals = [...this.form.querySelectorAll("[data-rows]")].map((group) => {
        return [group.dataset.rows, Number(group.querySelector("input[name$='-TOTAL_FORMS']").value)];
      });
      const { first, opened } = this;
      this.store({ time: Date.now(), opened, first, fields, totals: Object.fromEntries(totals) });
    }

    store(entry) {
      try {
        localStorage.setItem(this.key, JSON.stringify(entry));
      } catch {
        // the browser keeps nothing: the warning before leaving is still there
      }
    }

    /** Keep what is sent until the site has saved it. A button that leads elsewhere, such as Withdraw, saves nothing. */
    send(button) {
      this.sending = true;
      this.keep();
      const entry = button?.hasAttribute("formaction") ? null : read(this.key);
      if (entry) this.store({ ...entry, sent: true });
    }

    /** Offer what was typed before and not saved. */
    offer(entry) {
      if (!entry) return;
      const differs = ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.first[name]);
      if (!Object.entries(entry.fields).some(differs)) return localStorage.removeItem(this.key);
      const bar = document.querySelector("[data-unsaved]");
      const time = new Date(entry.time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      bar.querySelector("[data-time]").textContent = time;
      bar.hidden = false;
      bar.querySelector("[data-restore]").addEventListener("click", () => {
        this.restore(entry);
        bar.hidden = true;
        this.form.querySelector("[autofocus]")?.focus();
      });
      bar.querySelector("[data-discard]").addEventListener("click", () => {
        localStorage.removeItem(this.key);
        bar.hidden = true;
      });
    }

    /** Write what was typed into the form. It says when it was opened first, so that nobody's later save is lost. */
    restore({ fields, totals, opened }) {
      for (const [prefix, total] of Object.entries(totals)) {
        const group = this.form.querySelector(`[data-rows="${CSS.escape(prefix)}"]`);
        group?.dispatchEvent(new CustomEvent("rows:wanted", { detail: total }));
      }
      const redraw = this.form.querySelector("[data-redraw]");
      for (const [name, value] of Object.entries(fields)) {
        const field = this.form.elements[name] ?? (redraw && this.hidden(name));
        if (field) this.write(field, value);
      }
      if (redraw) return this.redraw(redraw, totals);
      if (opened) this.form.elements._opened.value = this.opened = opened;
      this.form.dispatchEvent(new Event("change"));
    }

    /** Return a new hidden field, for a row that only the site can draw. */
    hidden(name) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name });
      return this.form.appendChild(field);
    }

    /** Let the site draw the form with what is restored, by its button for that. */
    redraw(button, totals) {
      for (const [prefix, total] of Object.entries(totals)) this.form.elements[`${prefix}-TOTAL_FORMS`].value = total;
      button.click();
    }

    write(field, value) {
      if (field.matches("select")) {
        for (const option of field.options) option.selected = false;
        for (const [key, text] of value) {
          const there = [...field.options].find((option) => option.value === key);
          if (there) there.selected = true;
          else field.add(new Option(text, key, true, true));
        }
      } else if (field.matches("[type=checkbox], [type=radio]")) {
        field.checked = value;
      } else {
        field.value = Array.isArray(value) ? value[0][0] : value; // what was chosen, in a hidden field
      }
      globalThis.django?.jQuery?.(field).trigger("change");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  addEventListener("load", () => {
    tidy();
    const form = document.querySelector("form[data-record]");
    if (form) new Draft(form);
  });
}

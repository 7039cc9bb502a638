/* Suggestions while typing, on every search box: a combobox with a list, as the WAI-ARIA practices describe it.
 *
 * Each suggestion is a link. Where results follow what is typed (`data-on-demand`), the list waits for an arrow key.
 */

const PAUSE = 150; // milliseconds without a letter before the site is asked
const LEAST = 2; // letters

class Suggestions {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.list = make("div", { role: "listbox", id: `${this.input.id}-suggestions`, class: "suggestions", hidden: "" });
    this.list.setAttribute("aria-label", box.dataset.label);
    this.status = make("span", { role: "status", class: "visually-hidden" });
    box.append(this.list, this.status);
    const role = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.list.id };
    set(this.input, { ...role, "aria-expanded": "false" });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    this.input.form.addEventListener("submit", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", () => this.close());
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  typed() {
    clearTimeout(this.timer);
    if (this.input.value.trim().length < LEAST || "onDemand" in this.box.dataset) return this.close();
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  pressed(event) {
    const open = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.isComposing) return;
    if (step && !event.altKey) {
      event.preventDefault();
      if (open) this.move(step);
      else if (this.input.value.trim()) this.ask(step);
    } else if (event.key === "Escape" && open) {
      event.preventDefault(); // the words stay
      this.close();
    } else if (event.key === "Enter" && open && this.active) {
      event.preventDefault();
      this.active.click();
    }
  }

  /** Ask the site, and drop what was asked before. With `step`, go to the first or last suggestion. */
  async ask(step = 0) {
    this.request?.abort();
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const query = new URLSearchParams({ q: this.input.value });
      const answer = await fetch(`${this.box.dataset.suggest}?${query}`, { signal });
      const { suggestions } = await answer.json();
      if (signal.aborted || document.activeElement !== this.input) return;
      this.show(suggestions);
      if (step) this.move(step);
    } catch (error) {
      this.close(); // the search works without suggestions
    }
  }

  show(suggestions) {
    const kinds = new Map();
    for (const item of suggestions) kinds.set(item.kind, [...(kinds.get(item.kind) ?? []), item]);
    let number = 0;
    const groups = [...kinds].map(([kind, members]) => {
      const group = make("div", { role: "group", "aria-label": kind });
      const label = make("div", { class: "suggestions-kind", "aria-hidden": "true" }, kind);
      const options = members.map(({ url, label }) =>
        make("a", { role: "option", id: `${this.list.id}-${number++}`, href: url, tabindex: "-1" }, label));
      group.append(label, ...options);
      return group;
    });
    this.choose(null);
    this.list.replaceChildren(...groups);
    this.list.scrollTop = 0;
    this.open(number > 0);
    this.status.textContent = number ? this.box.dataset.some.replace("{n}", number) : this.box.dataset.none;
  }

  open(whether) {
    this.list.hidden = !whether;
    this.input.setAttribute("aria-expanded", String(whether));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.choose(null);
    this.open(false);
    this.status.textContent = "";
  }

  /** Go up or down the list; past its ends stands the field itself. */
  move(step) {
    const places = [null, ...this.options];
    const next = (places.indexOf(this.active ?? null) + step + places.length) % places.length;
    this.choose(places[next]);
  }

  choose(option) {
    this.active?.setAttribute("aria-selected", "false");
    this.active = option;
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }
}

function make(tag, attributes, text = "") {
  const element = document.createElement(tag);
  set(element, attributes);
  element.textContent = text;
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

document.querySelectorAll("[data-suggest]").forEach((box) => new Suggestions(box));

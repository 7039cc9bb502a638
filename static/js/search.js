/* The search page: results follow what is typed and ticked, and the reader's place is not lost.
 *
 * htmx asks for the normal page and puts its parts in place (templates/practices/practice_list.html says which). Here:
 * what not to ask twice, short addresses, focus, what screen readers are told, and finding a value in a long filter.
 */

const form = document.getElementById("finder");
const browse = form.closest(".browse");
const status = document.getElementById("said");
const filters = form.querySelector(".facets");
const typed = ["q", "year_from", "year_to"].map((name) => form.elements[name]);
const LONG = 10; // a filter with more values than this gets a field to find one in

const heading = () => document.getElementById("count");
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** What an address asks for, the same text for the same question. */
function question(query) {
  const pairs = [...new URLSearchParams(query)].filter(([, value]) => value.trim());
  return new URLSearchParams(pairs.sort((a, b) => (`${a}` < `${b}` ? -1 : 1))).toString();
}

function say(text) {
  status.textContent = "";
  setTimeout(() => (status.textContent = text.replace(/\s+/g, " ").trim()), 50);
}

// Asking

let requested = question(location.search);
let place = null; // where the reader is while parts of the page are exchanged

form.addEventListener("change", (event) => {
  // the words are followed while they are typed, and a field that finds values asks for nothing
  if (event.target === form.elements.q || !event.target.name) event.stopPropagation();
}, { capture: true });

form.addEventListener("submit", (event) => {
  if (!event.submitter?.closest(".apply")) return;
  filters.open = false;
  heading().focus();
});

browse.addEventListener("htmx:confirm", (event) => {
  const { elt, path } = event.detail;
  const wanted = question(elt === form ? new FormData(form) : path.split("?")[1]);
  if (wanted === requested) event.preventDefault();
  requested = wanted;
});

browse.addEventListener("htmx:configRequest", ({ detail: { formData } }) => {
  for (const field of typed) if (!field.value.trim()) formData.delete(field.name);
});

// While somebody types, the history keeps one entry, not one for every letter.
let typing = false;
document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail: { history, requestConfig } }) => {
  const goesOn = requestConfig.triggeringEvent?.type === "input";
  if (typing && goesOn) history.type = "replace";
  history.path = history.path === "." ? location.pathname : history.path.replaceAll("%20", "+");
  typing = goesOn;
});

// Answers

browse.addEventListener("htmx:beforeSwap", () => {
  const { name, type, value } = document.activeElement;
  const scrolled = [...form.querySelectorAll("fieldset")].map((list) => [list, list.scrollTop]);
  place = { name, type, value, scrolled, inResults: Boolean(document.activeElement.closest("#results")) };
});

browse.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, successful } }) => {
  if (!successful) return;
  const { elt } = requestConfig; // what asked: the form, or a link that may be gone by now
  if (elt !== form) showWhatIsAsked();
  form.querySelectorAll(".facet").forEach(narrow);
  for (const [list, top] of place.scrolled) list.scrollTop = top;
  keepFocus(Boolean(elt.closest(".pagination")));
  if (document.activeElement === heading()) status.textContent = ""; // to stand on it is to hear it
  else say(heading().textContent);
});

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  browse.addEventListener(failure, ({ detail }) => location.assign(detail.pathInfo.finalRequestPath));
}

/** Write into the fields what a link asked for. */
function showWhatIsAsked() {
  const params = new URLSearchParams(location.search);
  for (const field of typed) if (field !== document.activeElement) field.value = params.get(field.name) ?? "";
}

function keepFocus(turnedPage) {
  if (turnedPage) return heading().focus();
  if (document.activeElement !== document.body) return; // it still has it, or htmx gave it to its successor
  if (place.type === "checkbox") {
    const same = (box) => box.name === place.name && box.value === place.value;
    [...form.elements].find(same)?.focus({ preventScroll: true });
  } else if (place.inResults) {
    heading().focus({ preventScroll: true });
  }
}

// Long filters

/** Show the values of a filter that hold what is looked for among them; returns how many. */
function narrow(facet) {
  const field = facet.querySelector(".narrow");
  const labels = [...facet.querySelectorAll("[id^=options] label")];
  if (!field) return 0;
  field.hidden = labels.length <= LONG && !field.value;
  for (const label of labels) label.hidden = !plain(label.textContent).includes(plain(field.value.trim()));
  return labels.filter((label) => !label.hidden).length;
}

form.addEventListener("input", ({ target }) => {
  if (target.matches(".narrow")) say(form.dataset.values.replace("{n}", narrow(target.closest(".facet"))));
});

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".narrow")) event.preventDefault();
});

for (const facet of form.querySelectorAll(".facet")) {
  narrow(facet);
  const checked = facet.querySelector(":checked");
  if (checked) facet.querySelector("fieldset").scrollTop = checked.parentElement.offsetTop;
}

// On wide screens the filters stand open; style sheets do it where the browser knows how.
if (matchMedia("(width >= 60rem)").matches && !CSS.supports("selector(::details-content)")) filters.open = true;

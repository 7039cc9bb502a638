/* The cite box in a dialog: one for the whole page, opened from the button beside any field of citations.
   Its inside is the form of the page "Cite a passage", fetched and sent back without leaving the record. */

const box = document.createElement("dialog");
box.className = "cite-dialog";
let field = null; // the element around the field that is being filled
// where the box opens: at the paragraph beside the form, then at the source and section of what was taken last
let place = document.querySelector("[data-cite-place]")?.dataset.citePlace ?? "";

document.documentElement.classList.add("has-cite-box");
document.body.append(box);

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function show(request) {
  const button = field.querySelector("[data-cite-url]");
  const focused = document.activeElement?.name;
  const inside = box.querySelector(".cite-inside");
  box.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(request.url ?? button.dataset.citeUrl, {
      ...request,
      headers: { "X-Requested-With": "fetch" },
    });
    if (!response.ok || response.redirected) throw new Error(response.statusText);
    inside.innerHTML = await response.text();
    const next = inside.querySelector("[data-cite-take]") ?? inside.querySelector(`[name="${focused}"]`);
    (next ?? inside.querySelector("select")).focus();
  } catch {
    const lost = element("p", { className: "errornote", textContent: button.dataset.citeLost });
    lost.setAttribute("role", "alert");
    inside.querySelector(".errornote")?.remove();
    inside.prepend(lost); // what was typed stays
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** The passages that other fields of the form cite, each to be used with a click; null where there are none. */
function citedHere(words) {
  const own = new Set([...field.querySelector("select").selectedOptions].map((option) => option.value));
  const selects = document.querySelectorAll(".cite-field select");
  const chosen = [...selects].flatMap((select) => [...select.selectedOptions]).filter((one) => one.value);
  const others = new Map(chosen.filter((one) => !own.has(one.value)).map((one) => [one.value, one.text]));
  if (!others.size) return null;
  const lines = [...others].map(([value, name], number) => {
    const id = `cite-here-${number}`;
    const button = element("button", { type: "button", className: "cite-use", textContent: words.citeUse });
    Object.assign(button.dataset, { citeTake: value, citeName: name });
    button.setAttribute("aria-describedby", id);
    return element("p", {}, element("span", { id, textContent: name }), " ", button);
  });
  return element("fieldset", { className: "cite-here" }, element("legend", { textContent: words.citeHere }), ...lines);
}

function open(button) {
  field = button.closest(".cite-field");
  const title = element("h2", { id: "cite-title", textContent: button.dataset.citeTitle });
  const close = element("button", { type: "button", className: "cite-close", textContent: button.dataset.citeClose });
  close.addEventListener("click", () => box.close());
  box.setAttribute("aria-labelledby", "cite-title");
  const head = element("div", { className: "cite-head" }, title, close);
  const here = citedHere(button.dataset);
  box.replaceChildren(head, ...(here ? [here] : []), element("div", { className: "cite-inside" }));
  box.showModal();
  show({ url: button.dataset.citeUrl + place });
}

function send(form, more) {
  const data = new FormData(form);
  for (const [name, value] of Object.entries(more)) data.set(name, value);
  show({ url: form.action, method: "POST", body: data });
}

function take(button) {
  const select = field.querySelector("select");
  const { citeTake: value, citeName: name } = button.dataset;
  const option = [...select.options].find((one) => one.value === value) ?? select.appendChild(new Option(name, value));
  option.selected = true;
  if (!button.closest(".cite-here")) {
    const data = new FormData(box.querySelector("form"));
    place = "?" + new URLSearchParams({ source: data.get("source"), section: data.get("section") });
  }
  select.dispatchEvent(new Event("change", { bubbles: true }));
  box.close();
  field.querySelector(".cite-open").focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest(".cite-open");
  const taker = event.target.closest("[data-cite-take]");
  if (opener) open(opener);
  if (taker) take(taker);
});

box.addEventListener("change", (event) => {
  if (event.target.name === "source") send(event.target.form, { show: "1" });
});

box.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, { [event.submitter?.name || "check"]: event.submitter?.value || "1" });
});

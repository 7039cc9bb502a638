/* The reader's selection: kept in local storage, shown in a tray, and always an address that can be sent.
   Starts from [data-select] buttons and #selection-tray; without it the links of the pages do the same. */

const KEY = "selection";
const MOST = 100;
const COMPARED = { fewest: 2, most: 4 };
const SLUG = /^[-\w]{1,120}$/;

const tray = document.getElementById("selection-tray");
const status = document.getElementById("selection-status");

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    const slugs = Array.isArray(kept) ? kept.filter((slug) => typeof slug === "string" && SLUG.test(slug)) : [];
    return [...new Set(slugs)].slice(0, MOST);
  } catch {
    return [];
  }
}

function write(slugs) {
  try {
    localStorage.setItem(KEY, JSON.stringify(slugs));
  } catch {
    return false; // storage is full or forbidden
  }
  return true;
}

function query(slugs) {
  return "?" + new URLSearchParams(slugs.map((slug) => ["practice", slug]));
}

function counted(slugs) {
  if (slugs.length === 0) return tray.dataset.none;
  return slugs.length === 1 ? tray.dataset.one : tray.dataset.many.replace("{n}", slugs.length);
}

function lead(selector, slugs) {
  const link = tray.querySelector(selector);
  link.href = link.pathname + query(slugs);
  return link;
}

function show() {
  const slugs = read();
  const compared = slugs.length >= COMPARED.fewest && slugs.length <= COMPARED.most;
  lead(".tray-open", slugs).textContent = counted(slugs);
  lead(".tray-compare", slugs).hidden = !compared;
  lead(".tray-brief", slugs);
  tray.hidden = slugs.length === 0;
  for (const button of document.querySelectorAll("[data-select]")) {
    const label = slugs.includes(button.dataset.select) ? tray.dataset.remove : tray.dataset.add;
    button.querySelector("[data-select-label]").textContent = label;
    button.hidden = false;
  }
  for (const link of document.querySelectorAll("[data-select-link]")) link.hidden = true;
  offerToKeep(slugs);
}

/** On the page of a selection: keep it where it is another one than the reader's, clear it where it is the reader's. */
function offerToKeep(slugs) {
  const page = document.querySelector("[data-selection]");
  if (!page) return;
  const own = page.dataset.selection === slugs.join(" ");
  const [keep, clear] = ["[data-keep]", "[data-clear]"].map((name) => document.querySelector(name));
  const stood = document.activeElement;
  [keep.hidden, clear.hidden] = [own, !own];
  if (stood === keep || stood === clear) (own ? clear : keep).focus(); // the one that took its place
}

function change(slugs) {
  if (!write(slugs)) return;
  show();
  status.textContent = counted(slugs);
}

function toggle(slug) {
  const slugs = read();
  if (slugs.includes(slug)) change(slugs.filter((other) => other !== slug));
  else if (slugs.length < MOST) change([...slugs, slug]);
  else status.textContent = tray.dataset.full.replace("{n}", MOST);
}

function pressed(event) {
  const element = event.target.closest?.("[data-select], [data-unselect], [data-keep], [data-clear]");
  if (!element) return;
  const page = document.querySelector("[data-selection]")?.dataset.selection ?? "";
  if ("select" in element.dataset) toggle(element.dataset.select);
  else if ("keep" in element.dataset) change(page.split(" ").slice(0, MOST));
  else if ("clear" in element.dataset) change([]);
  else if (page === read().join(" ")) write(read().filter((slug) => slug !== element.dataset.unselect)); // and follow the link
}

/** The page of no selection: go to the address that names the reader's own, where there is one. */
function goToOwn(slugs) {
  if (slugs.length && document.querySelector("[data-unnamed]")) location.replace(query(slugs));
}

if (tray && status) {
  document.addEventListener("click", pressed);
  window.addEventListener("storage", (event) => (event.key === KEY || event.key === null) && show());
  window.addEventListener("pageshow", (event) => event.persisted && show()); // back to a page as it was left
  // what other scripts put on the page, such as a new result
  new MutationObserver(() => document.querySelector("[data-select][hidden]") && show()).observe(
    document.getElementById("main"),
    { childList: true, subtree: true },
  );
  show();
  goToOwn(read());
}

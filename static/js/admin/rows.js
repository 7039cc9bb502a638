/* The rows of a form: added, removed and moved up and down in place.
 *
 * A row keeps its number in the names of its fields, wherever it stands; where it is to stand says its position field.
 */
"use strict";
{
  const rowsOf = (group) => [...group.querySelectorAll("[data-row]")].filter((row) => !row.hidden);
  const position = (row) => row.querySelector("input[name$='-ORDER']");

  /** Write the positions of all rows as they stand, and let the ends have no button that leads nowhere. */
  function number(group) {
    const rows = rowsOf(group);
    rows.forEach((row, index) => {
      const field = position(row);
      if (field) field.value = index + 1;
      row.querySelector("[data-move=up]")?.toggleAttribute("disabled", index === 0);
      row.querySelector("[data-move=down]")?.toggleAttribute("disabled", index === rows.length - 1);
    });
  }

  function button(text, attributes) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /** Give a row its buttons in place of its position field. */
  function equip(row, group) {
    const order = row.querySelector(".row-order");
    if (order && !order.querySelector("button")) {
      order.querySelectorAll("label, input").forEach((one) => one.classList.add("visually-hidden"));
      position(row).tabIndex = -1;
      order.append(button(`↑ ${group.dataset.up}`, { "data-move": "up" }));
      order.append(button(`↓ ${group.dataset.down}`, { "data-move": "down" }));
    }
    const mark = row.querySelector(".row-delete");
    if (mark && !row.classList.contains("original")) {
      mark.hidden = true;
      mark.after(button(group.dataset.remove, { "data-remove": "" }));
    }
  }

  /** Add an empty row to a group; returns it. */
  function add(group) {
    const total = group.querySelector("input[name$='-TOTAL_FORMS']");
    const copy = document.importNode(group.querySelector("[data-empty]").content, true);
    const row = copy.querySelector("[data-row]");
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...one.attributes]) {
        if (value.includes("__prefix__")) one.setAttribute(name, value.replaceAll("__prefix__", total.value));
      }
    }
    total.value = Number(total.value) + 1;
    group.querySelector("[data-empty]").before(row);
    equip(row, group);
    number(group);
    row.dispatchEvent(
      new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: group.dataset.rows } }),
    );
    return row;
  }

  /** Take a new row away: its number stays taken, so it is marked as deleted. */
  function remove(row, group) {
    row.querySelector("input[name$='-DELETE']").checked = true;
    row.hidden = true;
    number(group);
    group.querySelector(".add-row").focus();
    row.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(row, step, group) {
    const rows = rowsOf(group);
    const other = rows[rows.indexOf(row) + step];
    if (!other) return;
    if (step < 0) other.before(row);
    else other.after(row);
    number(group);
    const moved = row.querySelector(`[data-move=${step < 0 ? "up" : "down"}]`);
    (moved.disabled ? row.querySelector("[data-move]:not([disabled])") : moved).focus();
    group.querySelector("[data-said]").textContent = `${group.dataset.moved} ${position(row).value}`;
    row.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-rows]")) {
      // a form that comes back has the rows in the order in which they were sent
      const rows = rowsOf(group);
      const wanted = rows.filter((row) => position(row)?.value);
      wanted.sort((one, other) => position(one).value - position(other).value);
      const rest = rows.filter((row) => !wanted.includes(row));
      const end = group.querySelector("[data-empty], .add-row, [data-said]");
      for (const row of [...wanted, ...rest]) {
        end.before(row);
        equip(row, group);
        // a new row that was taken away before the form was sent, and came back, has no box to untick
        const isTaken = row.querySelector("input[name$='-DELETE']")?.checked;
        row.hidden = Boolean(isTaken) && !row.classList.contains("original");
      }
      number(group);
      group.addEventListener("click", (event) => {
        const row = event.target.closest("[data-row]");
        const { move: way, remove: removed } = event.target.dataset;
        if (way) move(row, way === "up" ? -1 : 1, group);
        else if (removed !== undefined) remove(row, group);
        else if (event.target.matches(".add-row")) {
          event.preventDefault();
          const added = add(group);
          added.querySelector(".fields :is(select, input:not([type=hidden]), textarea)")?.focus();
          added.dispatchEvent(new Event("change", { bubbles: true }));
        }
      });
      group.addEventListener("rows:wanted", (event) => {
        const total = group.querySelector("input[name$='-TOTAL_FORMS']");
        while (Number(total.value) < event.detail) add(group);
      });
    }
  });
}

/* What is offered where a record is chosen: beside its name, what tells it from others. */
"use strict";
if (globalThis.django?.jQuery?.fn.djangoAdminSelect2) {
  const $ = django.jQuery;

  function offered(result) {
    if (!result.note) return result.text;
    const line = document.createElement("span");
    const note = document.createElement("small");
    note.textContent = result.note;
    line.append(result.text, " ", note);
    return $(line);
  }

  // Django's own, with a template for what is offered and the width of the form
  $.fn.djangoAdminSelect2 = function () {
    this.each((_index, element) => {
      const { appLabel: app_label, modelName: model_name, fieldName: field_name } = element.dataset;
      if (element.multiple) delete element.dataset.allowClear; // its button would stand in a list
      const data = ({ term, page }) => ({ term, page, app_label, model_name, field_name });
      $(element).select2({ ajax: { data }, templateResult: offered, width: "100%" });
      // the element is hidden: what leads to it leads to what stands for it
      element.addEventListener("focus", () => {
        const shown = ".select2-selection--single, .select2-selection--multiple .select2-search__field";
        element.parentElement.querySelector(shown).focus({ preventScroll: true });
      });
      const label = element.labels[0];
      const shown = element.parentElement.querySelector(".select2-selection--single");
      if (label && shown) {
        label.id ||= `${element.id}_label`;
        const value = shown.querySelector(".select2-selection__rendered");
        shown.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
        value.setAttribute("aria-labelledby", label.id);
      }
      const search = element.parentElement.querySelector(".select2-search--inline .select2-search__field");
      search?.setAttribute("aria-label", label?.textContent.trim() ?? "");
    });
    return this;
  };

  // a change by select2 is one of the form
  $(document).on("select2:select select2:unselect select2:clear", (event) => {
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

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
      const data = ({ term, page }) => ({ term, page, app_label, model_name, field_name });
      $(element).select2({ ajax: { data }, templateResult: offered, width: "100%" });
    });
    return this;
  };

  // a change by select2 is one of the form
  $(document).on("select2:select select2:unselect select2:clear", (event) => {
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

"""Importing in the admin: a file is sent, checked by a process of its own that the page follows, and imported.

What the file leaves open, columns and names that nobody knows, is asked on the page, with suggestions to choose from.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from practices.admin.importing.report import shown
from practices.curation.importing import jobs
from practices.curation.importing.columns import BY_NAME, KEY, KEY_HELP, OF_MODEL, SHEETS, Sheet, rows_of
from practices.curation.importing.files import LIMITS, Refused, checked
from practices.curation.importing.jobs import Job, Status, Step
from practices.curation.importing.report import ImportReport
from practices.curation.roles import Act, may
from practices.querysets import CuratedQuerySet

#: the types of the files that can be taken away, by their ending
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


class FilesInput(forms.ClearableFileInput):
    """Takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Files that belong together: a workbook, or tables of several sheets."""

    widget = FilesInput(attrs={"accept": ".xlsx,.csv,.json"})

    def clean(self, data: Any, initial: Any = None) -> Any:  # a list, where Django knows one file
        clean = super().clean
        return [clean(file) for file in data] if data else [clean(None)]


class UploadForm(forms.Form):
    """Which files to import."""

    upload = FilesField(label=gettext_lazy("Workbook (.xlsx), tables (.csv) or JSON (.json)"))


def urls(site: AdminSite) -> list[URLPattern]:
    """Return the addresses of the pages of imports."""
    return [
        path("import/", site.admin_view(importing), name="import"),
        path("import/template.xlsx", site.admin_view(template), name="import_template"),
        path("import/all-<slug:name>.<slug:suffix>", site.admin_view(export_all), name="import_export"),
        path("import/<slug:token>/", site.admin_view(follow), name="import_job"),
    ]


def _check_right(request: HttpRequest) -> None:
    if not may(request.user, Act.IMPORT):
        raise PermissionDenied


def _page(request: HttpRequest, template_name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shared = {**admin.site.each_context(request), "title": _("Import")}
    return render(request, template_name, {**shared, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def importing(request: HttpRequest) -> HttpResponse:
    """Take a file to be imported, and show the imports of the last day."""
    _check_right(request)
    jobs.remove_old()
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and "kb.upload_too_large" in request.META:
        form.errors["upload"] = form.error_class([_too_large()])
    elif request.method == "POST" and form.is_valid() and (job := _begun(request, form)):
        return HttpResponseRedirect(reverse("admin:import_job", args=[job.token]))
    context = {
        "form": form,
        "jobs": jobs.of_user(request.user.pk or 0),
        "sheets": SHEETS,
        "key": KEY,
        "key_help": KEY_HELP,
        "main_sheets": list(OF_MODEL.values()),
        "limits": LIMITS,
        "megabytes": LIMITS.size // (1024 * 1024),
    }
    return _page(request, "admin/practices/import/upload.html", context, 400 if form.errors else 200)


def _too_large() -> str:
    return _("The file is larger than %(n)d MB.") % {"n": LIMITS.size // (1024 * 1024)}


def _begun(request: HttpRequest, form: UploadForm) -> Job | None:
    """Return an import of what was sent, which is being checked; None, with an error in the form, where it is none."""
    job = jobs.begin(form.cleaned_data["upload"], request.user.pk or 0)
    try:
        for file, name in job.files:
            checked(file, name)
    except Refused as reason:
        job.remove()
        form.add_error("upload", str(reason))
        return None
    job.start(dry_run=True)
    return job


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Show how far an import is and what it would do; take the curator's choices, and the word to write it."""
    _check_right(request)
    job = jobs.find(token)
    if job is None or job.user != request.user.pk:
        return _page(request, "admin/practices/import/gone.html", {"title": _("No such import")}, 404)
    if request.method == "POST":
        return _acted(request, job)
    status, report = job.status, job.report
    context = {
        "job": job,
        "title": _("Import of %(files)s") % {"files": job.title},
        "status": status,
        "steps": Step,
        "report": report,
        "may_write": _may_write(status, report),
    }
    if report:
        context |= shown(report)
    return _page(request, "admin/practices/import/job.html", context)


def _may_write(status: Status, report: ImportReport | None) -> bool:
    """Whether what was checked can be imported as it is."""
    return status.step == Step.CHECKED and report is not None and not report.refused and report.changes > 0


def _acted(request: HttpRequest, job: Job) -> HttpResponse:
    """Do what a button asks of an import; twice the same, or too late, does nothing."""
    act, status = request.POST.get("act", ""), job.status
    here = HttpResponseRedirect(reverse("admin:import_job", args=[job.token]))
    if act == "forget" and not job.is_locked():
        job.remove()
        messages.success(request, _("The file was deleted."))
        return HttpResponseRedirect(reverse("admin:import"))
    if status.is_running or status.step == Step.WRITTEN:
        return here
    if act == "check":
        job.chosen(*_choices(request.POST)).start(dry_run=True)
    elif act == "write" and _may_write(status, job.report):
        job.start(dry_run=False)
    return here


def _choices(posted: QueryDict) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    """Return what a curator chose: columns by sheet and header, codes by directory and text."""
    columns: dict[str, dict[str, str]] = {}
    for sheet, header, name in _rows(posted, "sheet", "header", "column"):
        columns.setdefault(sheet, {})[header] = name
    values: dict[str, dict[str, str]] = {}
    for directory, text, code in _rows(posted, "directory", "text", "code"):
        if code != "?":  # which is asked again
            values.setdefault(directory, {})[text] = code
    return columns, values


def _rows(posted: QueryDict, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the values of fields that are numbered from 0 on, such as sheet-0, header-0, column-0."""
    number = 0
    while all(f"{name}-{number}" in posted for name in names[:2]):
        first, second = (str(posted[f"{name}-{number}"]) for name in names[:2])
        other = str(posted.get(f"other-{names[2]}-{number}", "")).strip()
        yield first, second, other or str(posted.get(f"{names[2]}-{number}", "?"))
        number += 1


# Files to take away


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """Return the workbook to be filled in."""
    from practices.curation.importing import workbook  # which takes 10 MB: only where it is asked for

    _check_right(request)
    return _download(workbook.template(), "template", "xlsx")


@require_GET
def export_all(request: HttpRequest, name: str, suffix: str) -> HttpResponse:
    """Return every record of a sheet, with their rows, as a workbook or JSON."""
    _check_right(request)
    sheet = BY_NAME.get(name)
    if sheet is None or sheet.owner or suffix not in FORMATS:
        raise Http404
    records: Any = sheet.model
    response = exported(sheet, records.objects.originals().order_by("ref"), suffix)
    if response is None:
        messages.error(request, _too_many())
        return HttpResponseRedirect(reverse("admin:import"))
    return response


@admin.action(description=gettext_lazy("Export as a workbook, to be corrected and imported"), permissions=["import"])
def export(model_admin: Any, request: HttpRequest, records: CuratedQuerySet) -> HttpResponse | None:
    """Return the chosen records, with their rows, as a workbook."""
    _check_right(request)
    response = exported(OF_MODEL[model_admin.model], records.originals().order_by("ref"))
    if response is None:
        model_admin.message_user(request, _too_many(), messages.ERROR)
    return response


def _too_many() -> str:
    return _("This would be more than %(n)d lines, which nobody could import again: choose fewer.") % {"n": LIMITS.rows}


def exported(sheet: Sheet, records: QuerySet, suffix: str = "xlsx") -> HttpResponse | None:
    """Return records of a sheet as a file, None where it would have more lines than an import takes."""
    keys = list(records.values_list("pk", flat=True)[: LIMITS.rows + 1])
    lines = len(keys)
    for rows in rows_of(sheet):
        model: Any = rows.model
        lines += model.objects.filter(**{f"{rows.owner}__in": records.values("pk")}).count()
    if lines > LIMITS.rows:
        return None
    from practices.curation.importing import workbook  # which takes 10 MB: only where it is asked for

    write = workbook.export if suffix == "xlsx" else workbook.export_json
    return _download(write({sheet.name: keys}), sheet.name, suffix)


def _download(content: bytes, name: str, suffix: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}.{suffix}"'}
    return HttpResponse(content, content_type=FORMATS[suffix], headers=disposition)

"""The pages of imports: a file is sent, followed, asked about and imported, by those who may."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import Settings

from practices import models as kb
from practices.curation.importing import jobs
from practices.curation.importing.jobs import Job, Status, Step
from practices.curation.roles import Role, give_role
from practices.management.commands import import_records
from tests import factories
from tests.conftest import HttpsClient, logged_in
from tests.curation.importing.sheets import practice, table, workbook
from tests.forms import act, messages
from tests.responses import Response

pytestmark = pytest.mark.django_db
START = "/admin/import/"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep imports in a folder of the test, and do their work at once instead of in a process of their own."""
    settings.KB_PRIVATE = tmp_path / "private"

    def start(job: Job, *, dry_run: bool) -> None:
        job.note(Status(Step.CHECKING if dry_run else Step.WRITING))
        import_records.work(job, dry_run=dry_run)

    monkeypatch.setattr(Job, "start", start)
    return tmp_path / "private"


def send(client: Client, content: str | bytes, name: str = "practices.csv") -> Response:
    data = content.encode() if isinstance(content, str) else content
    return client.post(START, {"upload": SimpleUploadedFile(name, data)})


def of(user: str, role: Role | None) -> Client:
    person = User.objects.create_user(user, password="a-long-pass-phrase", is_staff=True)
    give_role(person, role)
    return logged_in(HttpsClient(), person)


def test_a_table_is_checked_then_imported_as_drafts_in_the_name_of_who_sent_it(curator_client: Client) -> None:
    there = factories.make_practice()
    response = send(curator_client, table([practice("a"), {"key": there.ref, "title": there.title, **rest(there)}]))
    page = curator_client.get(response["Location"])
    assert page.context["status"].step == Step.CHECKED
    assert not kb.Practice.objects.filter(slug="evening-classes-a").exists()
    assert b"Import all of this" in page.content
    curator_client.post(response["Location"], {"act": "write"})
    page = curator_client.get(response["Location"])
    assert page.context["status"].step == Step.WRITTEN
    made = kb.Practice.objects.get(slug="evening-classes-a")
    assert (made.state, made.history.get().history_user.username) == ("draft", "carla")
    operation = kb.Operation.objects.get()
    assert reverse("admin:practices_operation_change", args=[operation.pk]) in page.content.decode()
    assert curator_client.post(response["Location"], {"act": "write"}).status_code == 302  # once more: nothing happens
    assert kb.Operation.objects.count() == 1


def test_an_import_is_undone_by_who_made_it(curator_client: Client) -> None:
    editor, other = of("edda", Role.EDITOR), of("otto", Role.EDITOR)
    address = send(editor, table([practice("a")]))["Location"]
    editor.post(address, {"act": "write"})
    operation = kb.Operation.objects.get()
    undo = reverse("admin:practices_operation_undo", args=[operation.pk])
    assert undo in editor.get(reverse("admin:practices_operation_change", args=[operation.pk])).content.decode()
    assert other.post(undo).status_code == 403
    assert "Undone" in messages(editor.post(undo, follow=True))
    assert not kb.Practice.objects.filter(slug="evening-classes-a").exists()


def job_at(address: str) -> Job:
    """Return the import that a page follows."""
    job = jobs.find(address.rstrip("/").rpartition("/")[2])
    assert job
    return job


def rest(there: kb.Practice) -> dict[str, str]:
    """Return what the other columns of a practice's line say, as they are."""
    return {
        "summary": there.summary,
        "kind": there.kind.code,
        "level": there.level.code,
        "dimensions": "social",
        "topics": "language",
    }


def test_a_workbook_is_imported_with_all_its_sheets(curator_client: Client, tmp_path: Path) -> None:
    countries = [{"key": "a", "country": "Portugal", "role": "origin"}]
    path = workbook(tmp_path / "any.xlsx", practices=[practice("a")], countries=countries)
    page = send(curator_client, path.read_bytes(), "Records of May.xlsx")["Location"]
    curator_client.post(page, {"act": "write"})
    assert kb.Practice.objects.get(slug="evening-classes-a").country_links.get().role == "origin"


@pytest.mark.once
@pytest.mark.parametrize(("title", "advice"), [("A title", "Choose below"), ("", "Mend the file")])
def test_what_can_only_be_mended_in_the_file_is_not_to_be_chosen_first(
    curator_client: Client, title: str, advice: str
) -> None:
    answer = send(curator_client, table([practice(title=title, topics="no such topic")]))
    page = curator_client.get(answer["Location"]).content.decode()
    assert [one for one in ("Choose below", "Mend the file") if one in page] == [advice]


def test_what_the_file_leaves_open_is_asked_and_chosen(curator_client: Client) -> None:
    lines = [practice("a", topics="langage; language", Remarks="none"), practice("b", topics="langage")]
    page = send(curator_client, table(lines))["Location"]
    context = curator_client.get(page).context
    assert [(question.header, question.suggested) for question in context["columns"]] == [("Remarks", "")]
    (question,) = context["values"]
    assert (question.text, len(question.places), context["tables"]) == ("langage", 2, [])
    posted = {"act": "check", "sheet-0": "practices", "header-0": "Remarks", "column-0": ""}
    curator_client.post(page, {**posted, "directory-0": question.directory, "text-0": "langage", "code-0": "?"})
    assert curator_client.get(page).context["report"].found == 2
    other = {"directory-0": question.directory, "text-0": "langage", "other-code-0": "nothing like that"}
    curator_client.post(page, {**posted, **other})
    assert [again.text for again in curator_client.get(page).context["values"]] == ["langage"]
    codes = {"code-0": "?", "other-code-0": "learning"}
    curator_client.post(page, {**posted, "directory-0": question.directory, "text-0": "langage", **codes})
    assert curator_client.get(page).context["report"].found == 0
    curator_client.post(page, {"act": "write"})
    assert kb.Practice.objects.get(slug="evening-classes-b").topics.get().code == "learning"


def test_m2_a_file_with_faults_cannot_be_imported(curator_client: Client) -> None:
    page = send(curator_client, table([practice("a", kind="")]))["Location"]
    response = curator_client.get(page)
    (faults,) = response.context["tables"]
    assert [row[:3] for row in faults.rows] == [["practices", "2", "kind"]]
    assert b"Import all of this" not in response.content
    curator_client.post(page, {"act": "write"})
    assert curator_client.get(page).context["status"].step == Step.CHECKED
    assert not kb.Operation.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"no workbook", "is no workbook"),
        ("a.xlsm", b"PK\x03\x04", "with macros"),
        ("a.csv", "key,title\n".encode("utf-16"), "UTF-16"),
        ("a.exe", b"MZ", "Give a workbook"),
        ("large.csv", b"a" * (10 * 1024 * 1024 + 2), "larger than 10 MB"),
        ("a.csv", b"", "empty"),
    ],
)
@pytest.mark.once
def test_m8_a_file_that_cannot_be_used_is_refused_in_words_and_not_kept(
    curator_client: Client, own_folder: Path, name: str, content: bytes, reason: str
) -> None:
    response = send(curator_client, content, name)
    assert response.status_code == 400
    assert reason in response.content.decode()
    assert list((own_folder / "imports").iterdir()) == []


@pytest.mark.once
def test_m8_what_only_reading_shows_is_said_on_the_page(curator_client: Client) -> None:
    response = curator_client.get(send(curator_client, "this,that\n1,2\n")["Location"])
    assert response.context["status"].step == Step.REFUSED
    assert "names no column" in response.content.decode()


@pytest.mark.once
def test_no_file_at_all_is_said_in_the_form(curator_client: Client) -> None:
    assert b"This field is required" in curator_client.post(START).content


@pytest.mark.once
@pytest.mark.parametrize(
    ("noted", "step"),
    [({}, Step.WRITING), ({"at": 0}, Step.STOPPED), ({"total": 4}, Step.STOPPED)],
    ids=["before it begins", "never begun", "in the middle"],
)
def test_m3_an_import_that_was_ended_says_so_and_can_be_begun_again(
    curator_client: Client, noted: dict[str, Any], step: Step
) -> None:
    page = send(curator_client, table([practice("a")]))["Location"]
    job_at(page).note(Status(Step.WRITING, **noted))
    response = curator_client.get(page)
    assert response.context["status"].step == step
    if step == Step.STOPPED:
        assert b"nothing was written" in response.content
        curator_client.post(page, {"act": "check"})
        assert curator_client.get(page).context["status"].step == Step.CHECKED


@pytest.mark.once
def test_a_page_that_follows_an_import_asks_again_with_and_without_scripts(curator_client: Client) -> None:
    page = send(curator_client, table([practice("a")]))["Location"]
    job = job_at(page)
    job.note(Status(Step.CHECKING, 1, 4))
    with job.at_work():
        body = curator_client.get(page).content.decode()
        curator_client.post(page, {"act": "write"})
        assert curator_client.get(page).context["status"].step == Step.CHECKING
    assert '<meta http-equiv="refresh" content="2">' in body.partition("<noscript>")[2].partition("</noscript>")[0]
    assert "js/admin/follow.js" in body and 'value="1" max="4"' in " ".join(body.split())


@pytest.mark.once
def test_an_import_that_is_gone_is_said_in_words_with_the_way_back(curator_client: Client) -> None:
    page = send(curator_client, table([practice("a")]))["Location"]
    assert "deleted" in messages(curator_client.post(page, {"act": "forget"}, follow=True))
    for response in (curator_client.get(page), curator_client.post(page, {"act": "forget"})):
        assert response.status_code == 404
        assert "its file was deleted" in response.content.decode()
        assert reverse("admin:import") in response.content.decode()
    job = job_at(send(curator_client, table([practice("a")]))["Location"])
    job.remove()
    assert not job.is_locked()  # where somebody deletes it while somebody else looks


@pytest.mark.once
def test_m9_only_who_may_import_does_and_sees_only_own_imports(curator_client: Client) -> None:
    page = send(curator_client, table([practice("a")]))["Location"]
    addresses = [
        START,
        page,
        reverse("admin:import_template"),
        reverse("admin:import_export", args=["practices", "json"]),
    ]
    contributor, editor = of("coco", Role.CONTRIBUTOR), of("eddy", Role.EDITOR)
    for address in addresses:
        assert contributor.get(address).status_code == 403, address
        assert HttpsClient().get(address).status_code == 302, address
    assert contributor.post(START, {}).status_code == 403
    assert editor.get(START).status_code == 200
    assert b"practices.csv" not in editor.get(START).content
    assert editor.get(page).status_code == editor.post(page, {"act": "write"}).status_code == 404
    for token in ("0" * 32, "nothing", "a" * 33):
        assert curator_client.get(f"{START}{token}/").status_code == 404


@pytest.mark.once
def test_files_to_begin_with_are_workbooks(curator_client: Client) -> None:
    template = load_workbook(BytesIO(curator_client.get(reverse("admin:import_template")).content))
    assert "practices" in template.sheetnames
    for name in (("nothing", "xlsx"), ("countries", "xlsx"), ("practices", "exe")):
        assert curator_client.get(reverse("admin:import_export", args=name)).status_code == 404
    stakeholder = factories.make_stakeholder()
    response = act(curator_client, "export", stakeholder)
    assert response["Content-Disposition"] == 'attachment; filename="stakeholders.xlsx"'
    (line,) = load_workbook(BytesIO(response.content))["stakeholders"].iter_rows(min_row=2, values_only=True)
    assert line[0] == stakeholder.ref


@pytest.mark.once
def test_old_imports_are_forgotten(curator_client: Client, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    send(curator_client, table([practice("a")]))
    assert oct(own_folder.joinpath("imports").stat().st_mode)[-3:] == "700"
    assert jobs.remove_old() == 0
    monkeypatch.setattr(jobs, "KEPT", -1)
    assert jobs.remove_old() == 1
    assert list((own_folder / "imports").iterdir()) == []

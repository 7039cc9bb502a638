"""The way of a change in the admin: pending edits, review, comments, preview, history and restore."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connections
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from practices import models as kb
from practices.catalog import current
from practices.curation.changes import pending, review
from practices.curation.changes.comments import comments_on, unseen_by
from practices.curation.changes.content import read
from practices.curation.roles import Role, give_role
from tests import factories
from tests.admin.test_admin import make
from tests.conftest import HttpsClient, logged_in
from tests.forms import add_row, admin_url, change, errors, fields_of, form_of, messages, values_of
from tests.responses import Response

each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)
in_db = pytest.mark.django_db


def person(name: str, role: Role) -> User:
    user = User.objects.create_user(name, f"{name}@example.org", is_staff=True)
    give_role(user, role)
    return user


def browser(name: str, role: Role) -> Client:
    return logged_in(HttpsClient(), person(name, role))


def decide(client: Client, record: Model, step: str, **data: object) -> Response:
    return client.post(admin_url("review", record), {"step": step, **data}, follow=True)


def edit_of(record: kb.Curated) -> Any:
    return pending.pending_of(record)


def name_field(record: kb.Curated) -> str:
    return str(record.name_field)


# Saving a published record


@in_db
@pytest.mark.once
@each_kind
def test_l6_a_change_of_a_published_record_waits_as_a_pending_edit(
    client: Client, curator_client: Client, model: type[Model]
) -> None:
    record = make(model)
    before, version = read(record), kb.DataVersion.current().number
    response = change(curator_client, record, **{name_field(record): "Qcanary in other words"})
    edit = edit_of(record)
    assert response.status_code == 302, errors(response)
    assert response.headers["Location"] == admin_url("change", edit)
    assert str(edit) == "Qcanary in other words"
    assert (read(record), kb.DataVersion.current().number) == (before, version)
    for url in ("/practices/?q=qcanary", record.get_absolute_url()):
        assert "canary in other words" not in client.get(url).content.decode()


@in_db
def test_rows_of_a_published_record_are_changed_in_its_pending_edit(curator_client: Client) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"), ("FR", "destination")))
    url = admin_url("change", practice)
    values = fields_of(curator_client, url, form_of(practice)) | {"country_links-1-DELETE": ["on"]}
    add_row(values, "country_links", country=kb.Country.objects.get(alpha2="ES"), role="origin")
    assert curator_client.post(url, values).status_code == 302
    assert [str(link.country) for link in practice.country_links.all()] == ["Portugal", "France"]
    edit = edit_of(practice)
    assert [str(link.country) for link in edit.country_links.all()] == ["Portugal", "Spain"]
    review.publish([edit], User.objects.get(username="carla"))
    assert [str(link.country) for link in practice.country_links.all()] == ["Portugal", "Spain"]


@in_db
def test_the_sessions_of_an_event_follow_into_its_pending_edit(curator_client: Client) -> None:
    event = factories.make_event()
    session = event.sessions.create(title="Opening", position=1)
    event.representations.create(session=session, country=kb.Country.objects.get(alpha2="PT"), position=1)
    assert change(curator_client, event, city="Lisbon").status_code == 302
    assert {row.session.event for row in edit_of(event).representations.all()} == {edit_of(event)}


@in_db
def test_a_form_that_cannot_be_saved_begins_no_edit_and_keeps_what_was_typed(curator_client: Client) -> None:
    practice = factories.make_practice()
    response = change(curator_client, practice, title="Typed", year_start="20006")
    assert "Give a year" in errors(response)
    assert response.context["adminform"].form["title"].value() == "Typed"
    assert edit_of(practice) is None
    rows = [formset.formset for formset in response.context["inline_admin_formsets"]]
    assert {form.instance.practice_id for rows in rows for form in rows.initial_forms} == {practice.pk}


@in_db
@pytest.mark.once
def test_the_form_of_a_published_record_leads_to_its_pending_edit(curator_client: Client) -> None:
    practice = factories.make_practice()
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    response = curator_client.get(admin_url("change", practice), follow=True)
    assert response.redirect_chain == [(admin_url("change", edit), 302)]
    assert "Begun by anna" in response.content.decode()


@in_db
def test_a_form_opened_before_somebody_began_an_edit_overwrites_nothing_of_it(curator_client: Client) -> None:
    practice = factories.make_practice(description="As it was.")
    mine = fields_of(curator_client, admin_url("change", practice), form_of(practice)) | {"title": ["Carla's title"]}
    change(browser("otto", Role.EDITOR), practice, description="A sentence of Otto's.")
    response = curator_client.post(admin_url("change", practice), mine)
    assert "others changed this record" in errors(response)
    form = response.context["adminform"].form
    assert (form["title"].value(), form["description"].value()) == ("Carla's title", "A sentence of Otto's.")
    assert edit_of(practice).description == "A sentence of Otto's."


@in_db
def test_a_contributor_s_form_never_touches_another_s_edit_or_the_record(curator_client: Client) -> None:
    practice = factories.make_practice(title="As published")
    contributor = browser("carl", Role.CONTRIBUTOR)
    mine = fields_of(contributor, admin_url("change", practice), form_of(practice)) | {"title": ["Carl's title"]}
    change(curator_client, practice, description="A sentence.")
    response = contributor.post(admin_url("change", practice), {**mine, "_publish": ""})
    assert "somebody else has a pending edit" in errors(response)
    practice.refresh_from_db()
    assert (practice.title, edit_of(practice).title) == ("As published", "As published")


# Steps


@in_db
def test_two_people_take_an_edit_from_the_form_to_readers(client: Client) -> None:
    practice = factories.make_practice()
    editor, publisher = browser("edda", Role.EDITOR), browser("paul", Role.PUBLISHER)
    response = change(editor, practice, title="In other words", _send="")
    edit = edit_of(practice)
    assert response.status_code == 302
    assert edit.state == kb.State.IN_REVIEW
    page = publisher.get(admin_url("review", edit)).content.decode()
    assert "<ins>In other words</ins>" in page
    decide(publisher, edit, "changes", text="Say where.")
    edit.refresh_from_db()
    assert edit.state == kb.State.CHANGES_REQUESTED
    assert [comment.text for comment in unseen_by(User.objects.get(username="edda"))] == ["Say where."]
    assert "Say where." in editor.get(admin_url("review", edit)).content.decode()
    assert not unseen_by(User.objects.get(username="edda"))
    change(editor, edit, title="In other words, in Porto", _send="")
    keys = [difference.key for difference in pending.differences_of(edit)]
    done = decide(publisher, edit, "publish", fields=keys)
    assert "is published" in messages(done)
    practice.refresh_from_db()
    assert practice.title == "In other words, in Porto"
    assert practice.history.first().history_change_reason == "Edit by edda, approved by paul"
    assert "In other words, in Porto" in client.get(practice.get_absolute_url()).content.decode()


@in_db
@pytest.mark.once
def test_a_step_writes_who_when_and_why(curator: User) -> None:
    draft = factories.make_practice(state=kb.State.DRAFT)
    review.send_for_review([draft], curator, "Please look.")
    review.request_changes(draft, curator, "Say where.")
    reasons = [row.history_change_reason for row in draft.history.all()[:2]]
    assert reasons == ["Changes requested: Say where.", "Sent for review"]
    assert {row.history_user for row in draft.history.all()[:2]} == {curator}
    said = [(comment.decision, comment.text, comment.author) for comment in comments_on(draft)]
    assert said == [("sent", "Please look.", curator), ("changes", "Say where.", curator)]


@in_db
@pytest.mark.once
def test_a_reviewer_accepts_some_changes_and_declines_others(curator_client: Client) -> None:
    practice = factories.make_practice(title="As published", description="")
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    kb.Practice.objects.filter(pk=edit.pk).update(title="Worse", description="Better.")
    assert "Nothing is accepted" in decide(curator_client, edit, "publish").content.decode()
    decide(curator_client, edit, "publish", fields=["description"])
    practice.refresh_from_db()
    assert (practice.title, practice.description) == ("As published", "Better.")


@in_db
@pytest.mark.once
def test_a_changed_section_of_a_source_is_reviewed_by_its_name(curator_client: Client) -> None:
    source = factories.make_source(slug="a-report")
    edit = pending.pending_edit(source, person("anna", Role.EDITOR))
    edit.sections.update(title="In other words")
    page = curator_client.get(admin_url("review", edit)).content.decode()
    assert "A REPORT, section 1 (In other words)" in page


@in_db
def test_what_does_not_go_with_what_was_not_accepted_is_refused_in_words(curator_client: Client) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"),))
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    edit.country_links.all().delete()
    new = edit.country_links.create(country=kb.Country.objects.get(alpha2="PT"), role="destination", position=2)
    response = decide(curator_client, edit, "publish", fields=[f"countrylink.{-new.pk}"], text="Typed and kept")
    assert response.status_code == 200
    assert "Typed and kept" in response.content.decode()
    assert edit_of(practice) == edit


@in_db
@pytest.mark.once
def test_what_is_missing_stands_on_the_review_page_and_keeps_it_from_readers(curator_client: Client) -> None:
    practice = factories.make_practice()
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    link = edit.citation_links.get()
    key = f"practicecitation.{practice.citation_links.get().pk}"
    link.delete()
    assert "A citation of a source that is public" in curator_client.get(admin_url("review", edit)).content.decode()
    refused = decide(curator_client, edit, "publish", fields=[key], text="Typed and kept")
    assert "cannot be public yet" in refused.content.decode()
    assert "Typed and kept" in refused.content.decode()
    assert practice.citation_links.count() == 1


@in_db
def test_what_others_changed_meanwhile_is_shown_and_taken_over(curator_client: Client) -> None:
    practice = factories.make_practice(description="As it was.")
    practice.history.update(history_date=timezone.now() - timedelta(hours=1))
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    kb.Practice.objects.filter(pk=edit.pk).update(title="Anna's title")
    practice.description = "Otto's words."
    practice.save()
    page = curator_client.get(admin_url("review", edit)).content.decode()
    assert "Otto&#x27;s words" in page
    assert "was changed since" in decide(curator_client, edit, "publish", fields=["title"]).content.decode()
    decide(curator_client, edit, "update")
    decide(curator_client, edit, "publish", fields=["title"])
    practice.refresh_from_db()
    assert (practice.title, practice.description) == ("Anna's title", "Otto's words.")


@in_db
@pytest.mark.once
def test_an_edit_may_be_discarded_with_word_to_its_author(curator_client: Client) -> None:
    practice, anna = factories.make_practice(), person("anna", Role.EDITOR)
    edit = pending.pending_edit(practice, anna)
    assert "discarded" in messages(decide(curator_client, edit, "discard", text="It is said elsewhere."))
    assert edit_of(practice) is None
    assert [comment.text for comment in unseen_by(anna)] == ["It is said elsewhere."]


@in_db
@pytest.mark.parametrize("end", [pending.approve, pending.discard])
def test_what_is_typed_into_the_form_of_an_edit_that_ends_meanwhile_is_kept(
    curator_client: Client, curator: User, end: Callable[[kb.Curated, User], object]
) -> None:
    practice = factories.make_practice(countries=(("PT", "destination"),))
    edit = pending.pending_edit(practice, curator)
    change(curator_client, edit, description="The edit says.")
    url = admin_url("change", edit)
    values = fields_of(curator_client, url, form_of(practice))
    end(edit, curator)
    add_row(values, "country_links", country=kb.Country.objects.get(alpha2="FR"), role="origin")
    response = curator_client.post(url, values | {"description": ["Typed since."]})
    assert response.status_code == 200
    assert "Not saved" in errors(response)
    assert response.context["adminform"].form["description"].value() == "Typed since."
    assert any("France" in row for row in response.context["conflict"].rows)
    assert practice.country_links.count() == 1
    again = values_of(response, form_of(practice))
    assert curator_client.post(admin_url("change", practice), again).status_code == 302
    assert edit_of(practice).description == "Typed since."
    assert curator_client.get(url).headers["Location"] == admin_url("change", practice)


@in_db
@pytest.mark.once
def test_who_is_concerned_gets_word_by_mail(
    curator_client: Client, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.HAS_MAIL = True
    edit = pending.pending_edit(factories.make_practice(title="A line\nbroken"), person("anna", Role.EDITOR))
    with django_capture_on_commit_callbacks(execute=True):
        decide(curator_client, edit, "comment", text="Which year?")
    [word] = mail.outbox
    assert word.to == ["anna@example.org"]
    assert "Which year?" in word.body
    assert admin_url("change", edit.draft_of) in word.body
    assert "\n" not in word.subject


@in_db
@pytest.mark.once
@pytest.mark.parametrize("step", ["publish", "fit", "changes", "discard", "update", "send", "nonsense"])
def test_l7_no_step_is_open_to_those_who_may_not_take_it(step: str) -> None:
    practice = factories.make_practice(title="As published")
    edit = pending.pending_edit(practice, person("anna", Role.EDITOR))
    kb.Practice.objects.filter(pk=edit.pk).update(title="Forged", state=kb.State.IN_REVIEW)
    stranger = browser("carl", Role.CONTRIBUTOR)
    assert decide(stranger, edit, step, fields=["title"], text="x").status_code in (302, 403, 404)
    practice.refresh_from_db()
    edit.refresh_from_db()
    assert (practice.title, edit.state) == ("As published", kb.State.IN_REVIEW)


# Review required


@in_db
@pytest.mark.parametrize("draft", [True, False], ids=["draft", "pending edit"])
def test_where_review_is_required_nobody_publishes_alone(settings: Settings, draft: bool) -> None:
    settings.REVIEW = "required"
    author, other = person("paul", Role.PUBLISHER), person("edda", Role.EDITOR)
    record = factories.make_practice(state=kb.State.DRAFT if draft else kb.State.PUBLISHED)
    if not draft:
        record = pending.pending_edit(record, author)
    record._history_user = author
    record.save()
    client = logged_in(HttpsClient(), author)
    response = change(client, record, title="My own", _publish="")
    assert "a review by somebody else" in errors(response)
    assert not review.may_publish(author, record)
    review.find_fit(record, other)
    assert review.may_publish(author, record)
    record._history_user = author
    record.save()
    assert not review.may_publish(author, record), "it was changed since it was found fit"
    assert review.may_publish(person("pia", Role.PUBLISHER), record)


@in_db
@pytest.mark.once
def test_where_review_is_required_an_administrator_publishes_alone_and_that_is_written_down(
    settings: Settings, curator: User
) -> None:
    settings.REVIEW = "required"
    draft = factories.make_practice(state=kb.State.DRAFT)
    draft._history_user = curator
    draft.save()
    review.publish([draft], curator)
    assert [comment.text for comment in comments_on(draft)] == ["Published without a second person."]


@in_db
@pytest.mark.once
def test_where_review_is_required_what_is_public_is_not_changed_at_once(settings: Settings) -> None:
    settings.REVIEW = "required"
    practice = factories.make_practice(title="As published")
    change(browser("paul", Role.PUBLISHER), practice, title="At once", _publish="")
    practice.refresh_from_db()
    assert practice.title == "As published"


# Preview


@in_db
@pytest.mark.once
@each_kind
def test_a_preview_shows_the_public_page_and_nothing_of_it_is_kept(
    client: Client, curator_client: Client, model: type[Model]
) -> None:
    record = make(model)
    edit = pending.pending_edit(record, User.objects.get(username="carla"))
    setattr(edit, edit.name_field, "Qcanary not yet")
    edit.save()
    before, version, history = read(record), kb.DataVersion.current().number, record.history.count()
    documents = list(kb.SearchDocument.objects.values())
    response = curator_client.get(admin_url("preview", edit))
    page = response.content.decode()
    assert "Qcanary not yet" in page
    assert "readers do not see this" in page
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert (read(record), kb.DataVersion.current().number, record.history.count()) == (before, version, history)
    assert list(kb.SearchDocument.objects.values()) == documents
    assert edit_of(record) == edit
    assert "Qcanary" not in client.get(record.get_absolute_url()).content.decode()
    assert "Qcanary" not in str(current()._derived)


@in_db
def test_a_draft_is_previewed_before_anybody_else_can_see_it(client: Client, curator_client: Client) -> None:
    draft = factories.make_practice(title="Qcanary draft", state=kb.State.DRAFT)
    assert "Qcanary draft" in curator_client.get(admin_url("preview", draft)).content.decode()
    assert client.get(draft.get_absolute_url()).status_code == 404
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (kb.State.DRAFT, None)


@in_db
@pytest.mark.once
def test_l7_a_preview_is_for_those_who_may_read_the_record(client: Client) -> None:
    draft = factories.make_practice(state=kb.State.DRAFT)
    assert client.get(admin_url("preview", draft)).status_code == 302
    assert browser("carl", Role.CONTRIBUTOR).get(admin_url("preview", draft)).status_code in (302, 403, 404)
    assert browser("edda", Role.EDITOR).post(admin_url("preview", draft)).status_code == 405


@in_db
@pytest.mark.once
def test_saving_may_lead_to_the_preview(curator_client: Client) -> None:
    practice = factories.make_practice()
    response = change(curator_client, practice, title="In other words", _preview="")
    assert response.headers["Location"] == admin_url("preview", edit_of(practice))


# History


@in_db
@pytest.mark.once
@each_kind
def test_every_kind_has_a_change_history_with_differences_word_by_word(
    curator_client: Client, model: type[Model]
) -> None:
    record = make(model)
    record.history.update(history_date=timezone.now() - timedelta(hours=1))
    setattr(record, record.name_field, f"{record} today")
    record.save()
    page = curator_client.get(admin_url("history", record)).content.decode()
    assert "<ins> today</ins>" in page
    assert "Restore it as it was" in page


@in_db
def test_a_former_version_is_restored_from_the_history_as_a_pending_edit(curator_client: Client) -> None:
    practice = factories.make_practice(title="Before")
    then = timezone.now()
    practice.title = "After"
    practice.save()
    data = {"date": then.isoformat()}
    response = curator_client.post(admin_url("restore", practice), data, follow=True)
    assert "what it said then" in messages(response)
    assert edit_of(practice).title == "Before"
    practice.refresh_from_db()
    assert practice.title == "After"
    again = curator_client.post(admin_url("restore", practice), data, follow=True)
    assert "a pending edit of" in messages(again)


@in_db
@pytest.mark.once
@pytest.mark.parametrize("date", ["", "yesterday", "2001-01-01", "0001-01-01T00:00:00+00:00", "9999-99-99T99", "\0"])
def test_l8_a_forged_date_restores_nothing(curator_client: Client, date: str) -> None:
    practice = factories.make_practice()
    response = curator_client.post(admin_url("restore", practice), {"date": date}, follow=True)
    assert response.status_code == 200
    assert edit_of(practice) is None


@in_db
@pytest.mark.once
def test_an_old_version_shows_the_terms_of_then(curator_client: Client) -> None:
    practice = factories.make_practice(topics=("language",))
    then = practice.history.first()
    practice.topics.set(kb.Topic.objects.filter(code="housing"))
    html = curator_client.get(admin_url("simple_history", practice, then.pk)).content.decode()
    language, housing = (kb.Topic.objects.get(code=code).label for code in ("language", "housing"))
    assert language in html
    assert housing not in html


@in_db
@pytest.mark.once
def test_the_pages_of_a_record_that_is_none_are_404(curator_client: Client) -> None:
    base = reverse("admin:practices_practice_changelist")
    for page in ("review", "preview", "restore", "history"):
        for key in ("0", "abc", "99999999999999999999"):
            assert curator_client.get(f"{base}{key}/{page}/").status_code == 404, page


# Two at once


def test_c3_of_two_reviewers_who_approve_at_once_one_does(own_database: dict[str, Any]) -> None:
    users = [User.objects.create_superuser(name) for name in ("rosa", "rolf")]
    practice = factories.make_practice()
    edit = pending.pending_edit(practice, users[0])
    kb.Practice.objects.filter(pk=edit.pk).update(title="Approved once")
    versions, start = practice.history.count(), Barrier(2)
    done: list[str] = []

    def approve(user: User) -> None:
        connection = connections.create_connection("default")
        connection.settings_dict = {**own_database, "OPTIONS": {**own_database["OPTIONS"]}}
        connections["default"] = connection
        try:
            start.wait(10)
            pending.approve(edit, user)
            done.append("approved")
        except kb.Practice.DoesNotExist:
            done.append("gone")
        finally:
            connection.close()

    threads = [Thread(target=approve, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == ["approved", "gone"]
    assert practice.history.count() == versions + 1
    practice.refresh_from_db()
    assert (practice.title, practice.version) == ("Approved once", 2)

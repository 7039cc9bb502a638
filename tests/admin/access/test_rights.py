"""What each role may do over HTTP is what the table says, for every record, page, list, picker and forged field.

`pytest tests/admin/access/test_rights.py -k every_cell -o log_cli=true -o log_cli_level=INFO` prints it as found.
"""

import logging
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from practices import models as kb
from practices.admin.form import conflicts
from practices.admin.review.pending import PUBLISH, SEND
from practices.curation import roles
from practices.curation.roles import Act, Role, Whose, give_role
from tests import factories
from tests.admin.test_admin import CHOSEN, make
from tests.conftest import HttpsClient, logged_in
from tests.factories import Record
from tests.forms import Form, act, add, admin_url, change, errors, fields_of, form_of, messages
from tests.leaks import CANARY, MAKE, LeakSet, hide, make_leak_set, tie
from tests.responses import Response

pytestmark = pytest.mark.django_db

logger = logging.getLogger(__name__)
each_kind = pytest.mark.parametrize("model", kb.CURATED, ids=lambda model: model._meta.model_name)


def someone(role: Role | None, name: str = "anna") -> User:
    user = User.objects.create_user(name, password="a-long-pass-phrase")
    give_role(user, role)
    return user


def browser_of(user: User) -> Client:
    return logged_in(HttpsClient(), user)


def in_state(record: Record, state: str, maker: User | None = None) -> Record:
    """Let a record be in a state, and its history say who made it; what is archived was never public."""
    shown = record.created if state == kb.State.PUBLISHED else None
    type(record)._default_manager.filter(pk=record.pk).update(state=state, published_at=shown)
    record.history.filter(history_type="+").update(history_user=maker)
    record.refresh_from_db()
    return record


def said(role: Role, of: Act, state: str, *, own: bool) -> bool:
    """Return what the table says."""
    whose = next((rule.whose(role) for rule in roles.rules_of(of) if state in rule.states), Whose.NOBODYS)
    return whose is Whose.ALL or whose is (Whose.OWN if own else Whose.OTHERS)


# Every role, state and step


def reads(client: Client, record: kb.Curated) -> bool:
    """Whether a record can be seen: its form, its history and a former version, all or none."""
    former = admin_url("simple_history", record, record.history.first().pk)
    pages = [client.get(url) for url in (admin_url("change", record), admin_url("history", record), former)]
    [opens] = {response.status_code == 200 for response in pages}
    assert opens or not any(str(record) in response.content.decode() for response in pages)
    return opens


def send_form(client: Client, record: kb.Concept, **buttons: str) -> None:
    """Send the form of a record with another name, whether or not it was shown."""
    values = {"term": f"{record.term} again", "slug": record.slug, "kind": record.kind, "definition": "Said."}
    client.post(admin_url("change", record), values | buttons | {conflicts.OPENED: conflicts.opened_now(record)})


def saves(client: Client, record: kb.Concept) -> bool:
    """Whether a form changes the record itself, a public one at once."""
    name = record.term
    send_form(client, record, **{PUBLISH: "yes"} if record.is_published else {})
    record.refresh_from_db()
    return bool(record.term != name)


def proposes(client: Client, record: kb.Concept) -> bool:
    """Whether a form makes a pending edit of a public record, and readers see it as it was."""
    name = record.term
    send_form(client, record)
    record.refresh_from_db()
    assert (record.term, record.is_published) == (name, True)
    return bool(record.pending_edits.filter(term=f"{name} again").exists())


def sends(client: Client, record: kb.Concept) -> bool:
    send_form(client, record, **{SEND: "yes"})
    record.refresh_from_db()
    return bool(record.state == kb.State.IN_REVIEW)


def reviews(client: Client, record: kb.Curated) -> bool:
    client.post(admin_url("review", record), {"step": "changes", "text": "Say for whom."})
    record.refresh_from_db()
    return bool(record.state == kb.State.CHANGES_REQUESTED)


def deletes(client: Client, record: kb.Curated) -> bool:
    client.post(admin_url("delete", record), {"post": "yes"})
    return not type(record).objects.filter(pk=record.pk).exists()


def merges(client: Client, record: kb.Curated) -> bool:
    """Whether another record in the same state is merged into one, whether or not the page was shown."""
    other = in_state(factories.make_concept(), record.state)
    opened = {f"opened_{name}": conflicts.opened_now(one) for name, one in (("stays", record), ("goes", other))}
    client.post(reverse("admin:practices_concept_merge"), {"stays": record.pk, "goes": other.pk, **opened})
    return bool(kb.Operation.objects.filter(kind=kb.OperationKind.MERGE).exists())


def moves(step: str) -> Callable[[Client, kb.Concept], bool]:
    """Return whether an action of the list takes a record another state."""

    def tried(client: Client, record: kb.Curated) -> bool:
        before, chosen = record.state, {"action": step, "_selected_action": [record.pk], "confirmed": "yes"}
        client.post(admin_url("changelist", record), chosen)
        record.refresh_from_db()
        return bool(record.state != before)

    return tried


#: what is tried of a record, with what it is in the table; nothing comes of it in the states left out
STEPS: dict[str, tuple[Act, Callable[[Client, kb.Concept], bool], frozenset[kb.State]]] = {
    "read": (Act.READ, reads, roles.ANY),
    "save": (Act.EDIT, saves, roles.ANY),
    "propose": (Act.PROPOSE, proposes, roles.PUBLIC),
    "send": (Act.SEND_FOR_REVIEW, sends, roles.UNSENT),
    "review": (Act.REVIEW, reviews, roles.SENT),
    "delete": (Act.DELETE, deletes, roles.ANY),
    "publish": (Act.PUBLISH, moves("publish"), roles.ANY - roles.PUBLIC),
    "withdraw": (Act.WITHDRAW, moves("withdraw"), roles.ANY - roles.WITHDRAWN),
    "return a draft": (Act.EDIT, moves("return_to_draft"), roles.DRAFTS - {kb.State.DRAFT}),
    "take back to draft": (Act.WITHDRAW, moves("return_to_draft"), roles.PUBLIC | roles.WITHDRAWN),
    "merge": (Act.MERGE, merges, roles.ANY),
}


def adds(client: Client) -> bool:
    client.post(admin_url("add", kb.Concept), {"term": "Added", "slug": "added", "kind": "notion", "definition": "So."})
    return kb.Concept.objects.filter(slug="added").exists()


def answers(client: Client) -> bool:
    suggestion = factories.make_suggestion()
    client.post(admin_url("change", suggestion), {"act": "decline", "answer": "The report says otherwise."})
    suggestion.refresh_from_db()
    return not suggestion.is_waiting


def imports(client: Client) -> bool:
    [opens] = {client.get(reverse(f"admin:{name}")).status_code == 200 for name in ("import", "import_template")}
    assert opens or client.post(reverse("admin:import"), {}).status_code == 403
    return opens


def adds_a_term(client: Client) -> bool:
    client.post(admin_url("add", kb.SynonymRing), {"code": "zyx", "words": "zyxes\nzyxen"})
    return kb.SynonymRing.objects.filter(code="zyx").exists()


def invites(client: Client) -> bool:
    client.post(admin_url("add", User), {"username": "ines", "email": "ines@example.org", "role": Role.EDITOR})
    return User.objects.filter(username="ines").exists()


def looks_at_locks(client: Client) -> bool:
    return client.get(reverse("admin:axes_accessattempt_changelist")).status_code == 200


#: what is tried of no record
WITHOUT_RECORD: dict[Act, Callable[[Client], bool]] = {
    Act.ADD: adds,
    Act.SUGGESTIONS: answers,
    Act.IMPORT: imports,
    Act.VOCABULARIES: adds_a_term,
    Act.USERS: invites,
    Act.SETTINGS: looks_at_locks,
}
#: what was found, for the table that is printed: of a step and state, what each role may
FOUND: dict[tuple[str, str], dict[Role, str]] = {}


def note(role: Role, step: str, state: str, done: dict[bool, bool]) -> None:
    """Note what a role did, by whether the record was its own; where there is none, or it does not matter, by one."""
    some = Whose.OWN if done.get(True) else Whose.OTHERS
    whose = Whose.ALL if all(done.values()) else some if any(done.values()) else Whose.NOBODYS
    FOUND.setdefault((step, state), {})[role] = whose.value


def table() -> str:
    """Return what was found of all roles."""
    head = "| what | in which state | " + " | ".join(str(role.label) for role in Role) + " |\n|---|---|---|---|---|---|"
    rows = (
        f"| {step} | {state} | {' | '.join(by.get(role, '') for role in Role)} |" for (step, state), by in FOUND.items()
    )
    return "\n".join(["", head, *rows])


def test_l7_the_matrix_tries_every_act_of_the_table() -> None:
    assert {of for of, _step, _states in STEPS.values()} | set(WITHOUT_RECORD) == set(Act)


@pytest.mark.parametrize("role", Role)
def test_l7_every_cell_of_the_matrix_is_as_the_table_says(role: Role) -> None:
    user, other = someone(role), someone(Role.EDITOR, "bert")
    client, readable = browser_of(user), set()
    done: dict[tuple[str, str], dict[bool, bool]] = {}
    for state in kb.State:
        # whose a record is counts for contributors, and for reviews
        for maker in (user, other) if role is Role.CONTRIBUTOR or state == kb.State.IN_REVIEW else (other,):
            own = maker == user
            record = in_state(factories.make_concept(term="Zyx"), state, maker)
            readable |= {record} if said(role, Act.READ, state, own=own) else set()
            for name, (of, step, states) in STEPS.items():
                if state not in states:
                    continue
                with transaction.atomic():
                    was = step(client, type(record).objects.get(pk=record.pk))
                    transaction.set_rollback(True)
                assert was == said(role, of, state, own=own), (name, state, maker)
                done.setdefault((name, str(state.label)), {})[own] = was
    for of, tried in WITHOUT_RECORD.items():
        done[of, ""] = {False: tried(client)}
        assert done[of, ""][False] == roles.may(user, of), of
    for (name, state_name), by_owner in done.items():
        note(role, name, state_name, by_owner)
    if role is Role.ADMINISTRATOR:
        logger.info("%s", table())
    assert set(client.get(admin_url("changelist", kb.Concept), {"q": "Zyx"}).context["cl"].result_list) == readable


@pytest.mark.parametrize("role", Role)
def test_l7_the_form_offers_what_the_role_may_do_and_no_more(role: Role) -> None:
    client = browser_of(someone(role))
    record = in_state(factories.make_practice(), kb.State.PUBLISHED)
    html = client.get(admin_url("change", record)).content.decode()
    assert 'name="_save"' in html
    assert (f'name="{PUBLISH}"' in html) == (role in (Role.PUBLISHER, Role.ADMINISTRATOR))
    listed = client.get(admin_url("changelist", record)).content.decode()
    assert ('value="publish"' in listed) == ('value="withdraw"' in listed)
    assert ('value="publish"' in listed) == (role in (Role.PUBLISHER, Role.ADMINISTRATOR))


@each_kind
def test_l7_a_contributor_makes_a_draft_and_sees_no_draft_of_others(model: type[Model]) -> None:
    user = someone(Role.CONTRIBUTOR)
    client = browser_of(user)
    hidden, own, public = make(model), in_state(make(model), kb.State.DRAFT, user), make(model)
    hidden = in_state(hidden, kb.State.DRAFT)
    listed = {one: client.get(admin_url("changelist", model), {"q": one.ref}).context["cl"] for one in (own, hidden)}
    assert own in listed[own].result_list
    assert hidden not in listed[hidden].result_list
    for page, refused in (("change", 302), ("preview", 404), ("review", 404)):
        assert client.get(admin_url(page, hidden)).status_code == refused, page
    assert client.get(admin_url("add", model)).status_code == 200
    response = change(client, own)
    assert response.status_code == 302, errors(response)
    assert change(client, public, reviewed_on="2026-11-02", **{PUBLISH: "yes"}).status_code == 302
    edit = public.pending_edits.get()
    assert edit.history.filter(history_type="+", history_user=user).exists()
    assert browser_of(someone(Role.CONTRIBUTOR, "bert")).get(admin_url("change", edit)).status_code != 200
    assert client.post(admin_url("delete", public), {"post": "yes"}).status_code == 403


def shown_to(client: Client, hidden: LeakSet) -> Iterator[tuple[str, str]]:
    """Yield (where, what is said) of every place in the admin that names records beside those that are one's own.

    `hidden` is the leak set, whose records are tied to public ones in every way.
    """
    practice = kb.Practice.objects.published().get(relations__other=hidden["practice"][1])
    event = kb.Event.objects.published().get(representations__stakeholder=hidden["stakeholder"][0])
    finding = kb.Finding.objects.published().get(children=hidden["finding"][0])
    source = practice.citation_links.first().citation.section.source
    listed = (*kb.CURATED, kb.Section, kb.Citation, kb.ParagraphNote, kb.Session, kb.Operation, kb.LinkCheck)
    pages = ["/admin/", *(admin_url("changelist", model) for model in listed)]
    pages += [f"{admin_url('changelist', model)}?q={CANARY[:5]}" for model in kb.CURATED]
    pages += [f"{admin_url('changelist', model)}?lacks=duplicates" for model in (kb.Practice, kb.Stakeholder)]
    pages += [
        admin_url(page, record) for record in (practice, event, finding, source) for page in ("change", "history")
    ]
    pages.append(reverse("admin:practices_source_section", args=[source.pk, source.sections.first().position]))
    yield from ((url, client.get(url, follow=True).content.decode()) for url in pages)
    for model, name in {model._meta.get_field(name).related_model: (model, name) for model, name in CHOSEN}.values():
        yield f"picker of {name}", offered(client, model, name, CANARY[:5]).content.decode()
    for model, records in hidden.items():
        url = f"{admin_url('add', records[0])}check/"
        names = {name: str(records[1]) for name in ("title", "name", "term")}
        yield f"records like a {model}", client.post(url, names).content.decode()
    yield "a pending edit of another", change(client, practice, title="").content.decode()
    for record in (event, finding):
        response = change(client, record, reviewed_on="2026-11-02", citations=[])
        edit = record.pending_edits.get()
        yield f"edit of {record.ref}", client.get(response.headers["Location"]).content.decode()
        yield f"review of {record.ref}", client.get(admin_url("review", edit)).content.decode()


def test_l7_no_place_of_the_admin_names_the_draft_of_another_to_a_contributor() -> None:
    hidden = make_leak_set()
    for record in hidden["source"]:
        type(record)._default_manager.filter(pk=record.pk).update(url="https://example.org/report")
    kb.LinkCheck.objects.create(url="https://example.org/report", problem="404", checked=timezone.now())
    for where, said in shown_to(browser_of(someone(Role.CONTRIBUTOR)), hidden):
        assert CANARY not in said, (where, said[said.find(CANARY) - 200 :][:400])


def test_l7_what_hangs_on_a_record_is_named_to_a_contributor_by_its_ref() -> None:
    user = someone(Role.CONTRIBUTOR)
    own = {str(model._meta.model_name): in_state(make(), kb.State.DRAFT, user) for model, make in MAKE.items()}
    hidden = {str(model._meta.model_name): hide(make(), kb.State.DRAFT) for model, make in MAKE.items()}
    tie(own, hidden, kb.Country.objects.get(alpha2="PT"), 2)
    hidden["practice"].involvements.update(stakeholder=own["stakeholder"])
    hidden["practice"].citation_links.update(citation=factories.make_citation(own["source"]))
    kb.Source.objects.filter(pk=hidden["source"].pk).update(event=own["event"])
    client = browser_of(user)
    named_by = {"practice": "practice", "stakeholder": "practice", "source": "practice", "event": "source"}
    for kind, by in (named_by | {"finding": "finding"}).items():
        said = client.get(admin_url("delete", own[kind])).content.decode()
        assert CANARY not in said, kind
        assert f"{hidden[by].ref} (not public)" in said, kind


def test_l7_a_contributor_chooses_nothing_that_they_may_not_read_and_loses_nothing_that_is_there() -> None:
    user = someone(Role.CONTRIBUTOR)
    client, hidden = browser_of(user), in_state(factories.make_stakeholder(), kb.State.DRAFT)
    own = in_state(factories.make_practice(), kb.State.DRAFT, user)
    values = fields_of(client, admin_url("change", own), form_of(own))
    values["involvements-0-stakeholder"] = [str(hidden.pk)]
    assert "Select a valid choice" in errors(client.post(admin_url("change", own), values))
    own.involvements.update(stakeholder=hidden)
    response = change(client, own, **{"involvements-0-note": "Said anew."})
    assert response.status_code == 302, errors(response)
    row = own.involvements.get()
    assert (row.stakeholder, row.note) == (hidden, "Said anew.")
    assert f"{hidden.ref} (not public)" in client.get(admin_url("change", own)).content.decode()


def test_l7_an_action_on_several_is_done_to_all_or_none() -> None:
    user = someone(Role.CONTRIBUTOR)
    own = in_state(factories.make_concept(), kb.State.IN_REVIEW, user)
    public = factories.make_concept()
    response = act(browser_of(user), "return_to_draft", own, public)
    assert "Your role does not allow this for" in messages(response)
    for record, state in ((own, kb.State.IN_REVIEW), (public, kb.State.PUBLISHED)):
        record.refresh_from_db()
        assert record.state == state


# Pickers


def offered(client: Client, model: type[Model], name: str, term: str = "") -> Response:
    where = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": name}
    return client.get(reverse("admin:autocomplete"), where | {"term": term})


def test_l7_every_picker_answers_whoever_may_fill_in_its_form() -> None:
    client = browser_of(someone(Role.CONTRIBUTOR))
    for model, name in CHOSEN:
        assert offered(client, model, name).status_code == 200, (model, name)


def test_l7_pickers_offer_a_contributor_what_is_public_or_their_own() -> None:
    user = someone(Role.CONTRIBUTOR)
    for name, state, maker in (
        ("Zyx public", kb.State.PUBLISHED, None),
        ("Zyx own", kb.State.DRAFT, user),
        ("Zyx hidden", kb.State.DRAFT, None),
    ):
        in_state(factories.make_stakeholder(name=name), state, maker)
        in_state(factories.make_source(title=name), state, maker)
    client = browser_of(user)
    found = offered(client, kb.Involvement, "stakeholder", "Zyx").json()["results"]
    assert {row["text"] for row in found} == {"Zyx public", "Zyx own"}
    assert len(offered(client, kb.Citation, "section", "Zyx").json()["results"]) == 2
    filters = client.get(admin_url("changelist", kb.Citation)).content.decode()
    assert "Zyx public" in filters
    assert "Zyx hidden" not in filters


# What has no state of its own


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PUBLISHER])
def test_l7_what_readers_see_at_once_is_the_publishers(role: Role) -> None:
    client, publisher = browser_of(someone(role)), role is Role.PUBLISHER
    cited, place = factories.make_citation(), kb.Place.objects.first()
    factories.make_practice(citation=cited).places.add(place)
    ring = kb.SynonymRing.objects.first()
    term, country, section = kb.Topic.objects.first(), kb.Country.objects.first(), cited.section
    former = kb.FormerSlug.objects.create(model="practice", slug="once", ref=kb.Practice.objects.first().ref)
    for record in (term, country, ring, former, place, cited, section):
        assert client.get(admin_url("change", record)).status_code == 200
        saved = client.post(admin_url("change", record), fields(client, record)).status_code
        assert (saved != 403) == publisher, record
    for model in (kb.Topic, kb.Country, kb.SynonymRing, kb.FormerSlug):
        assert (client.get(admin_url("add", model)).status_code == 200) == publisher, model
    for model in (kb.Region, kb.DataVersion):
        assert client.get(admin_url("changelist", model)).status_code == 200
        assert client.get(admin_url("add", model)).status_code == 403
    for model in (kb.Citation, kb.Place):
        assert client.get(admin_url("add", model)).status_code == 200, model


def fields(client: Client, record: Model) -> dict[str, list[str]]:
    """Return the fields of the form of a record, none where it is only shown."""
    form = Form(form_of(record))
    form.feed(client.get(admin_url("change", record)).content.decode())
    return form.values


@pytest.mark.parametrize("state", [kb.State.DRAFT, kb.State.PUBLISHED])
def test_l8_a_section_or_note_is_added_to_nothing_but_what_one_may_edit(state: str) -> None:
    user = someone(Role.CONTRIBUTOR)
    own, others = in_state(factories.make_source(), kb.State.DRAFT, user), in_state(factories.make_source(), state)
    client, before = browser_of(user), kb.Section.objects.count()
    for source, number in ((others, 0), (own, 1)):
        response = add(client, kb.Section, source=source, title="More", position=9, paragraphs=2)
        assert kb.Section.objects.count() == before + number, errors(response)
        response = add(client, kb.ParagraphNote, section=source.sections.first(), paragraph=1, reason="None.")
        assert kb.ParagraphNote.objects.filter(section__source=source).count() == number, errors(response)


# Forged fields


@pytest.mark.parametrize("role", Role)
def test_l8_no_role_forges_what_a_form_does_not_ask(role: Role) -> None:
    user, other = someone(role), someone(Role.EDITOR, "bert")
    own = in_state(factories.make_concept(), kb.State.DRAFT, user)
    victim = factories.make_concept()
    forged = {
        "state": kb.State.PUBLISHED,
        "version": 99,
        "ref": victim.ref,
        "sort_key": "0",
        "id": victim.pk,
        "pk": victim.pk,
        "published_at": "2001-01-01",
        "published_at_0": "2001-01-01",
        "published_at_1": "00:00",
        "created": "2001-01-01",
        "history_user": other.pk,
        "history_user_id": other.pk,
        "_history_user": other.pk,
        "draft_of": victim.pk,
        "role": Role.ADMINISTRATOR,
        "is_superuser": "on",
    }
    client, ref, made = browser_of(user), own.ref, own.created
    response = change(client, own, definition="Another definition.", **forged)
    assert response.status_code == 302, errors(response)
    own.refresh_from_db()
    assert (own.state, own.version, own.ref, own.published_at) == (kb.State.DRAFT, 2, ref, None)
    assert own.created == made
    assert own.history.first().history_user == user
    response = add(client, kb.Concept, term="Forged", slug="forged", kind="notion", definition="Said.", **forged)
    assert response.status_code == 302, errors(response)
    added = kb.Concept.objects.get(slug="forged")
    assert (added.state, added.version, added.published_at) == (kb.State.DRAFT, 1, None)
    assert added.history.get().history_user == user
    assert victim.history.count() == 1
    assert not User.objects.filter(is_superuser=True).exists()


def test_l8_rows_of_another_record_are_not_reached_through_one_s_own() -> None:
    user = someone(Role.CONTRIBUTOR)
    own, others = in_state(factories.make_practice(), kb.State.DRAFT, user), factories.make_practice()
    row = others.country_links.get()
    client = browser_of(user)
    values = fields_of(client, admin_url("change", own), "practice_form")
    forged = {"id": str(row.pk), "role": "origin", "DELETE": "on"}
    client.post(admin_url("change", own), values | {f"country_links-0-{name}": [forged[name]] for name in forged})
    row.refresh_from_db()
    assert (row.practice, row.role) == (others, "destination")

"""What each role may do: the table, `may`, the same as a query, and what the documents say of it."""

from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from pytest_django import DjangoAssertNumQueries

from practices import models as kb
from practices.curation import roles
from practices.curation.changes.pending import pending_edit
from practices.curation.roles import Act, Role, Whose, allowed, give_role, may, role_of
from tests import factories
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db


def someone(role: Role | None, name: str = "anna") -> User:
    """Return a user with a role."""
    user = User.objects.create_user(name)
    give_role(user, role)
    return user


def made_by(user: User, record: Any) -> Any:
    """Let the history of a record say that a user made it."""
    record.history.filter(history_type="+").update(history_user=user)
    return record


def concept(state: str, user: User) -> kb.Concept:
    return made_by(user, factories.make_concept(state=state))


# The table


def test_each_act_stands_in_the_table_with_each_state_once_at_most() -> None:
    for act in Act:
        states = [state for rule in roles.rules_of(act) for state in rule.states]
        assert roles.rules_of(act), act
        assert len(states) == len(set(states)), act


def test_what_needs_no_record_is_for_all_or_none() -> None:
    for rule in roles.TABLE:
        if not rule.states:
            assert roles.rules_of(rule.act) == [rule]
            assert {rule.whose(role) for role in Role} <= {Whose.ALL, Whose.NOBODYS}


def test_a_role_may_all_that_those_below_it_may() -> None:
    grows = [Whose.NOBODYS, Whose.OWN, Whose.OTHERS, Whose.ALL]
    for rule in roles.TABLE:
        ranks = [grows.index(rule.whose(role)) for role in Role]
        assert ranks == sorted(ranks), rule


def test_the_curators_guide_holds_the_same_table() -> None:
    guide = (ROOT / "docs" / "curators.md").read_text(encoding="utf-8")
    for rule in roles.TABLE:
        states = ", ".join(state.label.lower() for state in kb.State if state in rule.states)
        cells = [rule.act, "any" if rule.states == roles.ANY else states, *(rule.whose(role).value for role in Role)]
        assert "".join(f"| {cell} " if cell else "| " for cell in cells) + "|" in guide, rule
    stated = guide.partition("## Who may do what")[2].partition("## ")[0]
    assert stated.count("\n| ") == len(roles.TABLE) + 1


# Roles


@pytest.mark.parametrize("role", Role)
def test_the_role_of_a_user_is_the_group_of_its_name(role: Role) -> None:
    assert role_of(someone(role)) is role


def test_a_user_has_the_highest_of_several_roles() -> None:
    user = User.objects.create_user("anna")
    user.groups.set(Group.objects.filter(name__in=[Role.CONTRIBUTOR, Role.PUBLISHER, Role.EDITOR]))
    assert role_of(user) is Role.PUBLISHER


def test_superusers_are_administrators_and_nobody_has_a_role_for_nothing() -> None:
    assert role_of(User.objects.create_superuser("carla")) is Role.ADMINISTRATOR
    assert role_of(User(username="fired", is_superuser=True, is_active=False)) is None
    assert role_of(User.objects.create_user("steve", is_staff=True)) is None
    assert role_of(AnonymousUser()) is None


def test_a_role_takes_the_place_of_the_former_and_leaves_other_groups() -> None:
    user, others = someone(Role.EDITOR), Group.objects.create(name="Friends of the house")
    user.groups.add(others)
    assert role_of(user) is Role.EDITOR
    give_role(user, Role.CONTRIBUTOR)
    assert role_of(user) is Role.CONTRIBUTOR
    give_role(user, None)
    assert role_of(user) is None
    assert list(user.groups.all()) == [others]


def test_a_role_can_be_given_where_somebody_deleted_its_group() -> None:
    Group.objects.all().delete()
    assert role_of(someone(Role.EDITOR)) is Role.EDITOR


def test_nothing_is_open_to_those_without_a_role() -> None:
    record = factories.make_concept()
    for act, user in product(Act, [AnonymousUser(), someone(None)]):
        assert not may(user, act)
        assert not may(user, act, record)
        assert not allowed(user, act, kb.Concept.objects.all())


# Records


@pytest.mark.parametrize("role", Role)
def test_each_record_is_open_as_the_table_says_one_by_one_and_as_a_query(role: Role) -> None:
    user, other = someone(role), someone(Role.EDITOR, "bert")
    records = {(state, maker): concept(state, maker) for state in kb.State for maker in (user, other)}
    concepts = kb.Concept.objects.filter(pk__in=[record.pk for record in records.values()])
    for act in Act:
        rules = roles.rules_of(act)
        for (state, maker), record in records.items():
            whose = next((rule.whose(role) for rule in rules if state in rule.states or not rule.states), None)
            expected = whose is Whose.ALL or whose is (Whose.OWN if maker == user else Whose.OTHERS)
            assert may(user, act, record) == expected, (act, state, maker)
        open_to_them = {record for record in records.values() if may(user, act, record)}
        assert set(allowed(user, act, concepts)) == open_to_them, act
        assert may(user, act) == any(rule.whose(role) is not Whose.NOBODYS for rule in rules)


def test_a_record_that_is_not_saved_yet_is_one_s_own_draft() -> None:
    user = someone(Role.CONTRIBUTOR)
    assert may(user, Act.EDIT, kb.Practice())
    assert not may(user, Act.PUBLISH, kb.Practice())


def test_an_edit_that_a_contributor_proposed_is_theirs_alone() -> None:
    user, other, record = someone(Role.CONTRIBUTOR), someone(Role.CONTRIBUTOR, "bert"), factories.make_concept()
    assert may(user, Act.PROPOSE, record)
    assert not may(user, Act.EDIT, record)
    edit = pending_edit(record, user)
    for act in (Act.READ, Act.EDIT, Act.DELETE, Act.SEND_FOR_REVIEW):
        assert may(user, act, edit), act
        assert not may(other, act, edit), act
    kb.Concept.objects.filter(pk=edit.pk).update(state=kb.State.IN_REVIEW)
    edit.refresh_from_db()
    editor = someone(Role.EDITOR, "edgar")
    assert may(editor, Act.REVIEW, edit)
    assert not may(editor, Act.PUBLISH, edit)
    made_by(editor, edit)
    assert not may(editor, Act.REVIEW, kb.Concept.objects.get(pk=edit.pk))


def test_what_came_with_the_fixtures_is_nobody_s_own() -> None:
    user, draft = someone(Role.CONTRIBUTOR), factories.make_concept(state=kb.State.DRAFT)
    assert not may(user, Act.READ, draft)
    assert may(user, Act.READ, factories.make_concept())


@pytest.mark.parametrize("state", [kb.State.DRAFT, kb.State.PUBLISHED])
def test_what_is_part_of_a_record_is_open_as_the_record_is(state: str) -> None:
    user, other = someone(Role.CONTRIBUTOR), someone(Role.CONTRIBUTOR, "bert")
    source, event = factories.make_source(state=state), factories.make_event(state=state)
    practice, section = factories.make_practice(state=state), source.sections.get()
    for record in (source, event, practice):
        made_by(user, record)
    parts = [
        (practice, practice.country_links.get()),
        (source, section),
        (source, kb.ParagraphNote.objects.create(section=section, paragraph=1, reason="None.")),
        (event, kb.Session.objects.create(event=event, title="First")),
    ]
    for (whole, part), act, person in product(parts, (Act.READ, Act.EDIT, Act.DELETE), (user, other)):
        of_its_kind = type(part)._default_manager.filter(pk=part.pk)
        assert may(person, act, part) == may(person, act, whole), (part, act)
        assert allowed(person, act, of_its_kind).exists() == may(person, act, part), (part, act)


def test_a_passage_is_read_with_its_source_and_changed_until_readers_see_it() -> None:
    user, editor = someone(Role.CONTRIBUTOR), someone(Role.EDITOR, "bert")
    hidden = factories.make_citation(factories.make_source(state=kb.State.DRAFT))
    shown = factories.make_citation()
    assert not may(user, Act.READ, hidden)
    assert set(allowed(user, Act.READ, kb.Citation.objects.filter(pk__in=[hidden.pk, shown.pk]))) == {shown}
    assert not may(user, Act.EDIT, shown)
    assert may(editor, Act.EDIT, shown)
    assert may(user, Act.EDIT, made_by(user, factories.make_citation()))
    factories.make_practice(citation=shown)
    shown = kb.Citation.objects.get(pk=shown.pk)
    assert not may(editor, Act.EDIT, shown)
    assert may(someone(Role.PUBLISHER, "petra"), Act.EDIT, shown)


def test_django_is_answered_from_the_table(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    contributor, publisher = someone(Role.CONTRIBUTOR), someone(Role.PUBLISHER, "petra")
    administrator = someone(Role.ADMINISTRATOR, "ada")
    record = factories.make_concept()
    assert contributor.has_perm("practices.view_concept", record)
    assert not contributor.has_perm("practices.publish_concept", record)
    assert publisher.has_perm("practices.publish_concept", record)
    assert not publisher.has_perm("practices.change_historicalconcept")
    assert not publisher.has_perm("auth.change_user")
    assert administrator.has_perm("auth.change_user")
    assert administrator.has_module_perms("axes")
    assert not someone(None, "steve").has_module_perms("practices")

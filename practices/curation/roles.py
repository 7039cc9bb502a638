"""Who may do what: four roles, one table, and `may`, which everything asks.

A role is membership in the group of its name; superusers are administrators. Nothing of the table is stored: a new
model, act or state is covered as soon as it stands here. `RoleBackend` answers Django's `user.has_perm` from it.

A record is a user's own where the history says that they made it, so whatever makes records for somebody without a
request, such as a command, names that user as `_history_user`.
"""

from enum import Enum, StrEnum
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser, Group, User
from django.db.models import ForeignKey, Model, Q, QuerySet, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.curation.dependants import public_dependants
from practices.curation.fixtures.baseline import history_of
from practices.models import (
    PRACTICE_ROWS,
    Citation,
    Country,
    Curated,
    DataVersion,
    FormerSlug,
    LinkCheck,
    Operation,
    ParagraphNote,
    Place,
    ReaderSuggestion,
    Region,
    Representation,
    SearchMiss,
    Section,
    Session,
    State,
    SynonymRing,
    Term,
)

Person = User | AnonymousUser


class Role(TextChoices):
    """The roles, the least first. The value is the name of the group whose members have it."""

    CONTRIBUTOR = "Contributors", gettext_lazy("Contributor")
    EDITOR = "Editors", gettext_lazy("Editor")
    PUBLISHER = "Publishers", gettext_lazy("Publisher")
    ADMINISTRATOR = "Administrators", gettext_lazy("Administrator")


class Act(StrEnum):
    """What somebody does to a record, or in the admin as a whole."""

    READ = "read"
    ADD = "add"
    EDIT = "edit"
    DELETE = "delete"
    PROPOSE = "propose an edit"
    SEND_FOR_REVIEW = "send for review"
    REVIEW = "review"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    SUGGESTIONS = "answer readers"
    IMPORT = "import"
    VOCABULARIES = "vocabularies"
    USERS = "users"
    SETTINGS = "settings"


class Whose(Enum):
    """The records to which somebody may do something, by who made them. What needs no record is for all or none."""

    NOBODYS = "–"
    OWN = "own"
    OTHERS = "others'"
    ALL = "all"


class Rule(NamedTuple):
    """One line of the table: an act, the states of records in which it is done, and whose each role may do it to."""

    act: Act
    states: frozenset[State]
    contributor: Whose
    editor: Whose
    publisher: Whose
    administrator: Whose

    def whose(self, role: Role) -> Whose:
        """Return the records to which a role may do it."""
        whose: Whose = getattr(self, role.name.lower())
        return whose


NO, OWN, OTHERS, ALL = Whose
ANY = frozenset(State)
PUBLIC = frozenset({State.PUBLISHED})
DRAFTS = frozenset({State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED})
UNSENT = DRAFTS - {State.IN_REVIEW}
SENT = frozenset({State.IN_REVIEW})
WITHDRAWN = frozenset({State.ARCHIVED})
#: of what is done to no record
NONE: frozenset[State] = frozenset()

# fmt: off
TABLE = (
    #    what                 in which state      contributor  editor  publisher  administrator
    Rule(Act.READ,            PUBLIC,             ALL,         ALL,    ALL,       ALL),
    Rule(Act.READ,            DRAFTS | WITHDRAWN, OWN,         ALL,    ALL,       ALL),
    Rule(Act.ADD,             NONE,               ALL,         ALL,    ALL,       ALL),
    Rule(Act.EDIT,            DRAFTS,             OWN,         ALL,    ALL,       ALL),
    Rule(Act.EDIT,            PUBLIC | WITHDRAWN, NO,          NO,     ALL,       ALL),
    Rule(Act.DELETE,          DRAFTS,             OWN,         ALL,    ALL,       ALL),
    Rule(Act.DELETE,          WITHDRAWN,          NO,          NO,     ALL,       ALL),
    Rule(Act.PROPOSE,         PUBLIC,             ALL,         ALL,    ALL,       ALL),
    Rule(Act.SEND_FOR_REVIEW, UNSENT,             OWN,         ALL,    ALL,       ALL),
    Rule(Act.REVIEW,          SENT,               NO,          OTHERS, OTHERS,    ALL),
    Rule(Act.PUBLISH,         ANY,                NO,          NO,     ALL,       ALL),
    Rule(Act.WITHDRAW,        ANY,                NO,          NO,     ALL,       ALL),
    Rule(Act.MERGE,           ANY,                NO,          NO,     ALL,       ALL),
    Rule(Act.SUGGESTIONS,     NONE,               NO,          ALL,    ALL,       ALL),
    Rule(Act.IMPORT,          NONE,               NO,          ALL,    ALL,       ALL),
    Rule(Act.VOCABULARIES,    NONE,               NO,          NO,     ALL,       ALL),
    Rule(Act.USERS,           NONE,               NO,          NO,     NO,        ALL),
    Rule(Act.SETTINGS,        NONE,               NO,          NO,     NO,        ALL),
)
# fmt: on

#: how a record without a state leads to the one that it is part of, whose state and maker count
PART_OF: dict[type[Model], str] = {
    **dict.fromkeys(PRACTICE_ROWS, "practice"),
    Section: "source",
    ParagraphNote: "section",
    Session: "event",
    Representation: "event",
}
#: a passage is read by whoever may read its source; else it stands for itself, as others than its source use it
READ_WITH: dict[type[Model], str] = {**PART_OF, Citation: "section"}


def role_of(user: Person) -> Role | None:
    """Return the highest role of a user, or None; the database is asked once for each object of the user."""
    known: Any = user
    if not hasattr(known, "_role"):
        known._role = _highest_role(user)
    role: Role | None = known._role
    return role


def _highest_role(user: Person) -> Role | None:
    if not user.is_active:
        return None
    return Role.ADMINISTRATOR if user.is_superuser else given_role(user)


def given_role(user: Person) -> Role | None:
    """Return the highest role that a user was given, be they a superuser or not."""
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(Role) if role in names), None)


def give_role(user: User, role: Role | None) -> None:
    """Give a user this role and no other, or none; groups that are no roles stay."""
    user.groups.remove(*Group.objects.filter(name__in=Role.values))
    if role is not None:
        user.groups.add(Group.objects.get_or_create(name=role.value)[0])
    user.__dict__.pop("_role", None)


def may(user: Person, act: Act, record: Model | None = None) -> bool:
    """Whether a user may do something to a record; without one, whether there is any to which they may.

    A record that is not saved yet is the user's own draft. What has no state counts with the record that it is part
    of; a passage or place is public where a public record names it; terms and countries are always public.
    """
    role = role_of(user)
    if role is None:
        return False
    rules = rules_of(act)
    if record is None or not rules[0].states:
        return any(rule.whose(role) is not NO for rule in rules)
    subject = _subject(record, act)
    state = _state(subject)
    whose = next((rule.whose(role) for rule in rules if state in rule.states), NO)
    return whose is ALL or (whose is not NO and (whose is OWN) == made_by(user, subject))


def allowed(user: Person, act: Act, records: QuerySet[Model]) -> QuerySet:
    """Return those of some records, curated or parts of curated ones, to which a user may do something.

    Of other records these are all or none, as `may` says without a record.
    """
    role = role_of(user)
    if role is None or not may(user, act):
        return records.none()
    whose = {state: rule.whose(role) for rule in rules_of(act) for state in rule.states or ANY}
    path, model = _way(records.model, act)
    if not issubclass(model, Curated) or all(whose.get(state) is ALL for state in State):
        return records
    own = Q(**{f"{path}pk__in": _made_by(user, model).values("id")})
    conditions = {ALL: Q(), OWN: own, OTHERS: ~own}
    condition = Q(pk__in=())
    for kind, among in conditions.items():
        condition |= Q(**{f"{path}state__in": [state for state in whose if whose[state] is kind]}) & among
    return records.filter(condition)


def name_for(user: Person, record: Model) -> str:
    """Return what a user is told of a record that others name: its name, or its ref where they may not read it.

    What is part of a record has no ref of its own: that of the record.
    """
    if not _is_of_curated(type(record)) or may(user, Act.READ, record):
        return str(record)
    return _("%(ref)s (not public)") % {"ref": _subject(record, Act.READ).ref}


def hide_names(user: Person, record: Model) -> None:
    """Let a row that is only shown name whatever it names as `name_for` does. No query for who may read everything."""
    role = role_of(user)
    if role and all(rule.whose(role) is ALL for rule in rules_of(Act.READ)):
        return
    fields = list(record._meta.concrete_fields)
    for field in fields:
        if (
            isinstance(field, ForeignKey)
            and field.name != PART_OF.get(type(record))
            and _is_of_curated(field.related_model)
        ):
            named = getattr(record, field.name)
            if named is not None and not may(user, Act.READ, named):
                field.set_cached_value(record, name_for(user, named))  # type: ignore[arg-type]


def _is_of_curated(model: type[Model]) -> bool:
    """Whether records of a model are curated, or read with one that is."""
    return issubclass(_way(model, Act.READ)[1], Curated)


def users_who_may(act: Act) -> QuerySet[User]:
    """Return the users who may do something to any record at all."""
    roles = [role.value for role in Role if any(rule.whose(role) is not NO for rule in rules_of(act))]
    among = User.objects.filter(Q(is_superuser=True) | Q(groups__name__in=roles), is_active=True)
    return among.distinct().order_by("username")


@cache
def rules_of(act: Act) -> list[Rule]:
    """Return the lines of the table on an act."""
    return [rule for rule in TABLE if rule.act is act]


def made_by(user: Person, record: Model) -> bool:
    """Whether a user made a record, which its history says; what is not saved yet is made by whoever asks."""
    if record.pk is None:
        return True
    known: dict[int | None, bool] = record.__dict__.setdefault("_made_by", {})
    if user.pk not in known:
        known[user.pk] = _made_by(user, type(record)).filter(id=record.pk).exists()
    return known[user.pk]


def _made_by(user: Person, model: type[Model]) -> QuerySet:
    """Return the history of how a user made records of a model."""
    return history_of(model).objects.filter(history_type="+", history_user=user.pk).order_by()


def _subject(record: Model, act: Act) -> Any:
    """Return the record whose state and maker decide what may be done to a record: itself, or what it is part of."""
    ways = READ_WITH if act is Act.READ else PART_OF
    subject: Any = record
    while way := ways.get(type(subject)):
        subject = getattr(subject, way)
    return subject


def _way(model: type[Model], act: Act) -> tuple[str, type[Model]]:
    """Return the same of a model: the lookup that leads to what it is part of, and the model of that."""
    ways, path = READ_WITH if act is Act.READ else PART_OF, ""
    while way := ways.get(model):
        related: Any = model._meta.get_field(way).related_model
        path, model = f"{path}{way}__", related
    return path, model


def _state(record: Any) -> str:
    """Return the state of a record; without one it is public, unless a passage or place that no public record names."""
    if isinstance(record, Curated):
        return record.state
    if not isinstance(record, Citation | Place):
        return State.PUBLISHED
    if not hasattr(record, "_is_public"):
        record._is_public = bool(record.pk and public_dependants([record]))  # type: ignore[union-attr]
    return State.PUBLISHED if record._is_public else State.DRAFT  # type: ignore[union-attr]


def _written_as(act: Act) -> dict[str, Act]:
    """Return Django's actions on records that are added, changed and deleted by one act of the table."""
    return {"view": Act.READ, **dict.fromkeys(("add", "change", "delete"), act)}


#: what Django's actions on the records of a model are in the table; what does not stand here is for administrators
ACTIONS: dict[type[Model], dict[str, Act]] = {
    Curated: {"view": Act.READ, "add": Act.ADD, "change": Act.EDIT, "delete": Act.DELETE, "publish": Act.PUBLISH},
    Citation: _written_as(Act.EDIT) | {"add": Act.ADD},
    Place: _written_as(Act.EDIT) | {"add": Act.ADD},
    **{part: _written_as(Act.EDIT) for part in PART_OF},
    **{kind: _written_as(Act.VOCABULARIES) for kind in (Term, Country, SynonymRing)},
    FormerSlug: _written_as(Act.MERGE),
    Region: {"view": Act.READ},
    DataVersion: {"view": Act.READ},
    Operation: {"view": Act.ADD},
    LinkCheck: {"view": Act.PROPOSE},
    SearchMiss: {"view": Act.VOCABULARIES},
    ReaderSuggestion: {"view": Act.SUGGESTIONS},
    User: dict.fromkeys(("view", "add", "change"), Act.USERS),
}


def act_on(model: type[Model], action: str) -> Act:
    """Return what one of Django's actions on a record of a model is in the table, such as "change"."""
    actions = next((actions for kind, actions in ACTIONS.items() if issubclass(model, kind)), {})
    return actions.get(action, Act.SETTINGS)


class RoleBackend(BaseBackend):
    """Answers `user.has_perm` from the table, so that Django and other apps ask no permissions picked by hand.

    What belongs to other apps, such as locks, goes with the settings.
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        app, _dot, codename = perm.partition(".")
        action, _line, name = codename.partition("_")
        if app != "practices":
            return may(user_obj, Act.SETTINGS)
        models = apps.get_app_config(app).get_models()
        return any(may(user_obj, act_on(model, action), obj) for model in models if model._meta.model_name == name)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return role_of(user_obj) is not None if app_label == "practices" else may(user_obj, Act.SETTINGS)

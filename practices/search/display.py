"""How a result is shown, whatever it holds: its order, its view, the order of the values of filters."""

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from practices.index.schema import Label

#: the orders of a result; the first is for searches only, the second where nothing is searched for
SORTS: dict[str, Label] = {
    "relevance": _("Relevance"),
    "title": _("Title"),
    "country": _("Country"),
    "newest": _("Latest start"),
}
#: the ways to show a result, the first unless another is asked for
VIEWS: dict[str, Label] = {"list": _("List"), "table": _("Table"), "map": _("Map")}
#: the orders of the values of a filter, the first unless another is asked for
FACET_ORDERS: dict[str, Label] = {"count": _("Most practices first"), "name": _("By name")}


class Display:
    """The display of a result as a query string asks for it; what makes no sense is as if it were not there."""

    def __init__(self, data: QueryDict, *, searched: bool) -> None:
        self.data, self.searched = data, searched

    @cached_property
    def modes(self) -> dict[str, dict[str, Label]]:
        """The ways to show a result by parameter, the first unless another is asked for."""
        # by relevance only where something is searched for
        sorts = {name: label for name, label in SORTS.items() if name != "relevance" or self.searched}
        return {"sort": sorts, "view": VIEWS, "facet_order": FACET_ORDERS}

    @cached_property
    def values(self) -> dict[str, str]:
        """How to show the result, by parameter."""
        wanted = {name: self.data.get(name, "") for name in self.modes}
        return {
            name: wanted[name] if wanted[name] in modes else next(iter(modes)) for name, modes in self.modes.items()
        }

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What an address must say of it: what is not so anyway."""
        return [(name, value) for name, value in self.values.items() if not self.is_default(name, value)]

    def is_default(self, name: str, value: str) -> bool:
        """Tell whether a result is shown so unless it is asked otherwise."""
        return name in self.modes and value == next(iter(self.modes[name]))

    @property
    def sort(self) -> str:
        """The order of the result."""
        return self.values["sort"]

    @property
    def by_relevance(self) -> bool:
        """Whether it stands by relevance: what matches in part then comes after what matches in full."""
        return self.sort == "relevance"

    @property
    def view(self) -> str:
        """The way to show it."""
        return self.values["view"]

    @property
    def facet_order(self) -> str:
        """The order of the values of each filter."""
        return self.values["facet_order"]

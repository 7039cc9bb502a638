"""Addresses of a result with something added, taken away or shown otherwise."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from practices.catalog.link import Link
from practices.catalog.query_string import address, param, query_string, url_prefix
from practices.search.display import Display
from practices.search.filters import PracticeFilter

#: how many conditions stand by themselves: each address carries all the others
CONDITIONS_NAMED = 24

Parameters = list[tuple[str, str]]


class Links:
    """The addresses that lead on from a result. Where no page is named they are of the page that shows it."""

    def __init__(self, filterset: PracticeFilter, display: Display) -> None:
        self.filterset, self.display = filterset, display

    @cached_property
    def parameters(self) -> Parameters:
        """The query as it is understood, without the page: what every link and export of this result carries."""
        return self.filterset.active_filters + self.display.parameters

    @property
    def query(self) -> str:
        """What narrows the result as a query string, "" where nothing does: for the other pages of the same result."""
        return query_string(self.filterset.active_filters)

    @property
    def url(self) -> str:
        """The address of the result as it is shown."""
        return reverse("practice_list") + query_string(self.parameters)

    @property
    def page_url(self) -> str:
        """The address of the result up to the number of its page: "?q=women&page="."""
        return address([*self.parameters, ("page", "")])

    def adding(self, name: str, value: str) -> str:
        """Return the address of this result with one more value of a filter."""
        return self._prefix + param(name, value)

    @cached_property
    def _prefix(self) -> str:
        return url_prefix(self.parameters)

    def without(self, *names: str) -> str:
        """Return the address of this result without some filters."""
        return address(pair for pair in self.parameters if pair[0] not in names)

    def setting(self, name: str, value: str) -> str:
        """Return the address of this result with one parameter set to a value."""
        others = [pair for pair in self.parameters if pair[0] != name]
        return address(others if self.display.is_default(name, value) else [*others, (name, value)])

    def only(self, name: str) -> str:
        """Return the address of what one filter finds by itself."""
        return address(pair for pair in self.filterset.active_filters if pair[0] == name)

    @cached_property
    def display_options(self) -> dict[str, list[Link]]:
        """The ways to show the result, by parameter."""
        return {
            name: [
                Link(str(label), self.setting(name, mode), selected=mode == self.display.values[name], code=mode)
                for mode, label in modes.items()
            ]
            for name, modes in self.display.modes.items()
        }

    @property
    def conditions(self) -> list[Link]:
        """What narrows the result, value by value, each with the address of the result without it."""
        return conditions(self.filterset, self.display.parameters)


def conditions(filterset: PracticeFilter, others: Parameters) -> list[Link]:
    """Return what narrows a result in words, each value with the address without it; of many the rest in one.

    `others` are the parameters of that page that do not narrow, which every address carries.
    """
    active = filterset.active_filters
    first, rest = active[:CONDITIONS_NAMED], active[CONDITIONS_NAMED:]
    links = [
        Link(
            filterset.filters[name].describe(value),
            address([*(pair for pair in active if pair != (name, value)), *others]),
        )
        for name, value in first
    ]
    if rest:
        label = ngettext("%(n)s more condition", "%(n)s more conditions", len(rest)) % {"n": len(rest)}
        links.append(Link(label, address([*first, *others])))
    return links

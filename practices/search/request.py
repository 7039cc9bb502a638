"""What a reader asks for with a query string: filters, how to show what they find, and the links that lead on."""

from django.http import QueryDict

from practices.search.display import Display
from practices.search.filters import PracticeFilter
from practices.search.links import Links


class SearchRequest:
    """A query string as it is understood; whatever a reader sends, it is one."""

    def __init__(self, data: QueryDict | None = None) -> None:
        self.data = data or QueryDict()
        self.filterset = PracticeFilter(self.data)
        self.display = Display(self.data, searched=bool(self.filterset.cleaned_data["q"]))
        self.links = Links(self.filterset, self.display)

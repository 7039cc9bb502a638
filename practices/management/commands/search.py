"""`search`: what readers would find, for scripts and people."""

import json
from argparse import ArgumentParser
from typing import Any, cast

from django.core.management.base import BaseCommand
from django.http import QueryDict

from practices.catalog import pinned
from practices.search.request import SearchRequest
from practices.search.results import Hit, Results, described


class Command(BaseCommand):
    """Print the ranked practices that a query finds, each with why."""

    help = 'Search the published practices as readers do: search "one-stop shop" --limit 5'

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", metavar="QUERY", help="what to search for")
        parser.add_argument("--limit", type=int, default=10, metavar="N", help="at most N practices (10)")
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = QueryDict(mutable=True)
        asked["q"] = options["query"]
        with pinned():
            results = Results(SearchRequest(asked))
            keys = results.ordered(0, max(0, options["limit"]))
            score = results.query_match.score if results.query_match else lambda practice: 0.0
            hits = [(hit, score(hit.card.practice.pk)) for hit in results.hits(keys)]
        if options["json"]:
            found = [{**described(hit), "score": round(score, 3)} for hit, score in hits]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self._say(results, hits)

    def _say(self, results: Results, hits: list[tuple[Hit, float]]) -> None:
        for word, spellings in (results.query_match.corrections if results.query_match else {}).items():
            self.stdout.write(f"No results for “{word}”. Showing results for {', '.join(spellings)}.")
        self.stdout.write(f"{results.count} practices, {results.full} of them with every word.")
        for number, (hit, score) in enumerate(hits, 1):
            one = described(hit)
            self.stdout.write(
                f"\n{number}. {one['title']} ({one['slug']}, {score:.1f}{', in part' if hit.partial else ''})"
            )
            self.stdout.write(f"   {one['summary']}")
            for why, reason in zip(cast(list[dict[str, str]], one["why"]), hit.reasons, strict=True):
                instead = f" ({reason.answers_for})" if reason.instead_of else ""
                self.stdout.write(f"   {why['in']}: {why['text']}{instead}")

"""`search`: what readers would find, for scripts and people."""

from argparse import ArgumentParser
from json import dumps
from typing import cast

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

    def handle(self, *args: object, query: str, limit: int, json: bool, **options: object) -> None:
        data = QueryDict(mutable=True)
        data["q"] = query
        with pinned():
            results = Results(SearchRequest(data))
            keys = results.ordered(0, max(0, limit))
            score = results.query_match.score if results.query_match else lambda practice: 0.0
            hits = [(hit, score(hit.card.practice.pk)) for hit in results.hits(keys)]
        if json:
            listed = [{**described(hit), "score": round(score, 3)} for hit, score in hits]
            self.stdout.write(dumps(listed, ensure_ascii=False, indent=1))
            return
        self._print(results, hits)

    def _print(self, results: Results, hits: list[tuple[Hit, float]]) -> None:
        for word, spellings in results.corrections.items():
            self.stdout.write(f"No results for “{word}”. Showing results for {', '.join(spellings)}.")
        self.stdout.write(f"{results.count} practices, {results.full} of them with every word.")
        for number, (hit, score) in enumerate(hits, 1):
            practice = hit.card.practice
            self.stdout.write(
                f"\n{number}. {practice.title} ({practice.slug}, {score:.1f}{', in part' if hit.partial else ''})"
            )
            self.stdout.write(f"   {practice.summary}")
            for why, reason in zip(cast(list[dict[str, str]], described(hit)["why"]), hit.reasons, strict=True):
                instead = f" ({reason.answers_for})" if reason.instead_of else ""
                self.stdout.write(f"   {why['in']}: {why['text']}{instead}")

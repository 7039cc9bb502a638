"""How often readers find what they mean: judged queries, by words alone and, where it is installed, with embeddings.

`python -m bench.findability` prints the share found at 1, 3 and 5 and the mean reciprocal rank over the first ten, of
the queries in `tests/search/queries.jsonl` and of the agreed sample where ../shared exists. Needs
`requirements/test.txt`, and `requirements/semantic.txt` for the second table.
"""

import json
import sys
import tempfile
from pathlib import Path

from bench.pages import command, environment, say, table

Row = tuple[str, str, int, float, float, float, float]


def main() -> int:
    """Load the collection into a scratch database, measure, print."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(sys.argv[2] == "meaning")))
        return 0
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as scratch:
        env = environment(f"sqlite:///{Path(scratch)}/db.sqlite3", scratch)
        say("loading the collection")
        command(env, "manage.py", "migrate", "--verbosity", "0")
        command(env, "manage.py", "load_fixtures")
        for name, title in (("words", "By words"), ("meaning", "With meaning")):
            say(title)
            rows: list[Row] = json.loads(command(env, "-m", "bench.findability", "--measure", name))
            if rows:
                heads = ["Queries", "Kind", "Number", "At 1", "At 3", "At 5", "Rank"]
                table(title, heads, [[*row[:2], str(row[2]), *(f"{share:.2f}" for share in row[3:])] for row in rows])
    return 0


def measure(by_meaning: bool) -> list[Row]:
    """Return a row for each set and kind of queries; none where meaning is asked for and not installed."""
    import django

    django.setup()
    from practices.catalog import snapshot
    from practices.index import embeddings
    from tests.search.test_quality import FLOORS, SHARED, agreed, ours, ranks, reciprocal, success

    if not by_meaning:
        vars(snapshot)["available"] = lambda: False
    elif not embeddings.available():
        return []
    sets = {(f"ours, {half}", kind): ours(half, kind) for half, kind in FLOORS}
    if SHARED.exists():
        sets |= {("agreed", kind): judged for kind, judged in agreed().items()}
    rows: list[Row] = []
    for (name, kind), judged in sets.items():
        found = ranks(judged)
        at_1, at_3, at_5 = (success(found, among) for among in (1, 3, 5))
        rows.append((name, kind, len(judged), at_1, at_3, at_5, reciprocal(found)))
    return rows


if __name__ == "__main__":
    sys.exit(main())

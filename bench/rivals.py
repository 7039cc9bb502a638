"""What `bench.search` compares ours with: tantivy in a process of its own, and Datasette over HTTP, on the same texts.

Both are set up to be as fast as we know how, and answer what a results page of ours needs: the total, the first twenty
practices and every value of six facets with its count. tantivy, like ours, ranks, marks snippets and counts each facet
without its own choice; Datasette does neither.
"""

import json
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from bench.pages import ROOT, status
from bench.queries import FACETS, Query

PAGE = 20
TEXTS = ("title", "summary", "names", "text")
WEIGHTS = {"title": 8.0, "summary": 3.0, "names": 3.0}
#: more values than any facet has
ALL = 1000
LIMITS = {"sql_time_limit_ms": 120_000, "facet_time_limit_ms": 120_000, "suggest_facets": "off"}


def exported(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the practices that `bench.ours` wrote."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


# tantivy


class Tantivy:
    """An index in one segment, searched for one client.

    Tried at 10,000 and slower: matching in four weighted fields rather than in one copy of all with the weighted ones
    on top (p95 + 25 %), numeric codes, an aggregation for each chosen facet rather than all in one pass.
    """

    def __init__(self, folder: Path) -> None:
        import tantivy

        self.tantivy = tantivy
        self.index = tantivy.Index(schema(), str(folder))
        self.schema, self.searcher = self.index.schema, self.index.searcher()

    @staticmethod
    def build(folder: Path, practices: Iterable[dict[str, Any]]) -> None:
        """Write the index of some practices."""
        import tantivy

        folder.mkdir()
        index = tantivy.Index(schema(), str(folder))
        writer = index.writer(1_000_000_000, 1)  # enough for all of them to be one segment
        for practice in practices:
            values = {name: practice[name] for name in ("slug", *WEIGHTS, *FACETS)}
            writer.add_document(tantivy.Document(**values, everything=[practice[name] for name in TEXTS]))
        writer.commit()
        writer.wait_merging_threads()

    def search(self, line: str) -> tuple[int, list[str]]:
        """Return the total and the first page's slugs, having made snippets and counts as well."""
        query = Query.read(line)
        words = self.words(query)
        ranked = self.ranked(query, words)
        result = self.searcher.search(self.filtered(ranked, query.filters), PAGE)
        documents = [self.searcher.doc(address) for _, address in result.hits]
        if query.text:
            for name in ("title", "summary"):
                marking = self.tantivy.SnippetGenerator.create(self.searcher, ranked, self.schema, name)
                _ = [marking.snippet_from_doc(document).to_html() for document in documents]
        self.facets(query, words, result.count)
        return result.count, [document["slug"][0] for document in documents]

    def words(self, query: Query) -> Any:
        """Return what finds the words."""
        if not query.text:
            return self.tantivy.Query.all_query()
        return self.index.parse_query(query.text, ["everything"], conjunction_by_default=True)

    def ranked(self, query: Query, words: Any) -> Any:
        """Return what finds the same, but best where the words stand in the title, then the summary and the names."""
        if not query.text:
            return words
        weighted = self.index.parse_query(query.wanted, list(WEIGHTS), field_boosts=WEIGHTS)
        return self.tantivy.Query.boolean_query(
            [(self.tantivy.Occur.Must, words), (self.tantivy.Occur.Should, weighted)]
        )

    def filtered(self, words: Any, filters: dict[str, str]) -> Any:
        """Return what finds the words among the practices with some codes, which do not count for the ranking."""
        if not filters:
            return words
        must, ask = self.tantivy.Occur.Must, self.tantivy.Query
        codes = [ask.term_query(self.schema, name, code, "basic") for name, code in filters.items()]
        return ask.boolean_query([(must, words), *((must, ask.const_score_query(code, 0.0)) for code in codes)])

    def facets(self, query: Query, words: Any, total: int) -> dict[str, dict[str, int]]:
        """Return how many practices each code of each facet has, were no code of that facet chosen.

        Where many are found, the list of each code is faster to count than each practice's codes; not with phrases,
        which would be looked for once a code.
        """
        others = {n: {name: code for name, code in query.filters.items() if name != n} for n in FACETS}
        if not query.phrases and total > self.searcher.num_docs / 20:
            return {n: dict(self.searcher.terms_with_prefix(n, "", self.filtered(words, others[n]))) for n in FACETS}
        found = self.searcher.aggregate(words, {name: counting(name, others[name]) for name in FACETS})
        values = {name: found[name].get("counts", found[name])["buckets"] for name in FACETS}
        return {name: {value["key"]: value["doc_count"] for value in values[name]} for name in FACETS}


def counting(name: str, others: dict[str, str]) -> dict[str, Any]:
    """Return the aggregation that counts the codes of a facet among the practices with some codes of others."""
    terms = {"terms": {"field": name, "size": ALL, "segment_size": ALL}}
    among = " AND ".join(f'{other}:"{code}"' for other, code in others.items())
    return {"filter": among, "aggs": {"counts": terms}} if among else terms


def schema() -> Any:
    """Return the fields of tantivy's index: texts stemmed as English, codes as they are."""
    import tantivy

    fields = tantivy.SchemaBuilder()
    fields.add_text_field("slug", stored=True, tokenizer_name="raw", index_option="basic")
    fields.add_text_field("everything", tokenizer_name="en_stem")
    for name in WEIGHTS:
        fields.add_text_field(name, stored=name in ("title", "summary"), tokenizer_name="en_stem")
    for name in FACETS:
        fields.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return fields.build()


# Datasette


def build_datasette(path: Path, practices: Iterable[dict[str, Any]]) -> None:
    """Write a database as Datasette's documentation has it: lists as JSON, words in FTS5 and stemmed.

    The long texts stand in the FTS5 table alone: Datasette drags all columns through every facet, and with the texts
    among them it took seven times as long.
    """
    names = ["slug", "title", "summary", *FACETS]
    columns = ", ".join(f'"{name}"' for name in names)  # "group" is a word of SQL
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(f"CREATE TABLE practices (id INTEGER PRIMARY KEY, {columns})")
        database.execute(f"CREATE VIRTUAL TABLE words USING fts5({', '.join(TEXTS)}, tokenize='porter')")
        for number, practice in enumerate(practices, 1):
            values = [value if isinstance(value, str) else json.dumps(value) for value in map(practice.get, names)]
            database.execute(f"INSERT INTO practices VALUES (?{', ?' * len(names)})", [number, *values])  # noqa: S608
            texts = [practice[name] for name in TEXTS]
            database.execute(f"INSERT INTO words (rowid, {', '.join(TEXTS)}) VALUES (?, ?, ?, ?, ?)", [number, *texts])  # noqa: S608
        database.execute("INSERT INTO words (words) VALUES ('optimize')")


@contextmanager
def datasette(path: Path) -> Iterator[tuple[int, int]]:
    """Serve a database that does not change; yields the port and the process id once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    searched = {"practices": {"fts_table": "words", "fts_pk": "id"}}
    metadata = path.with_suffix(".json")
    metadata.write_text(json.dumps({"databases": {path.stem: {"tables": searched}}}), encoding="utf-8")
    command = [sys.executable, "-m", "datasette", "serve", "-i", str(path), "-m", str(metadata), "--port", str(port)]
    for name, value in LIMITS.items():
        command += ["--setting", name, str(value)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            while status(port, "/-/versions.json") != 200:
                if server.poll() is not None:
                    raise SystemExit("Datasette ended.")
                time.sleep(0.2)
            yield port, server.pid
        finally:
            server.terminate()


# Processes that answer


class Worker:
    """A process that keeps an engine ready, so that each has its memory to itself and all can take turns.

    It is Python with some arguments, in the project's folder or in that of another version of the project.
    """

    def __init__(
        self, *arguments: str, env: dict[str, str] | None = None, python: str = sys.executable, folder: Path = ROOT
    ) -> None:
        self.process = subprocess.Popen(
            [python, *arguments], cwd=folder, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def ask(self, command: str, *arguments: object) -> Any:
        """Return what a command of the process answers."""
        assert self.process.stdin and self.process.stdout  # noqa: S101 (pipes, as opened above)
        self.process.stdin.write(json.dumps([command, *arguments]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.process.args!r} ended.")
        return json.loads(line)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def answer(commands: dict[str, Callable[..., object]]) -> int:
    """Answer commands until nobody asks any more."""
    wire, sys.stdout = sys.stdout, sys.stderr  # whatever else is printed must not be taken for an answer
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(commands[command](*arguments)), file=wire, flush=True)
    return 0


def timed(search: Callable[[str], tuple[int, list[str]]], lines: list[str]) -> dict[str, Any]:
    """Return the milliseconds and the total of each query."""
    times, totals = [], []
    for line in lines:
        start = time.perf_counter()
        total, _ = search(line)
        times.append((time.perf_counter() - start) * 1000)
        totals.append(total)
    return {"ms": times, "totals": totals}


if __name__ == "__main__":
    engine = Tantivy(Path(sys.argv[1]))
    sys.exit(answer({"search": lambda lines: timed(engine.search, lines)}))

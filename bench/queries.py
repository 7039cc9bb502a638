"""The 200 queries of `bench.search`, always the same: `queries.txt`, one a line, as each engine has to be asked.

`python -m bench.queries FOLDER` draws them anew, from what an earlier run of `bench.search --keep FOLDER` left there;
needed only when the made-up practices change. Words fall as in the records: most queries ask for common ones, some for
a name that few records have. No query is misspelt or finds nothing, since only ours would help there.
"""

import json
import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from urllib.parse import urlencode

FACETS = ("country", "dimension", "role", "function", "topic", "group")
FILE = Path(__file__).with_name("queries.txt")
NUMBER, SEED = 200, 4
PART = re.compile(r'(?P<name>\w+)=(?P<code>\S+)|"(?P<phrase>[^"]+)"|-(?P<excluded>\S+)|(?P<word>\S+)')


@dataclass
class Query:
    """What a reader asks for: words and phrases that must all be there, words that must not, a code of some facets."""

    words: list[str] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, line: str) -> "Query":
        """Return the query that `str()` wrote."""
        query = cls()
        for part in PART.finditer(line):
            if part["name"]:
                query.filters[part["name"]] = part["code"]
            else:
                lists = {"phrase": query.phrases, "excluded": query.excluded, "word": query.words}
                lists[str(part.lastgroup)].append(part[str(part.lastgroup)])
        return query

    def __str__(self) -> str:
        return " ".join([self.text, *(f"{name}={code}" for name, code in self.filters.items())]).strip()

    @property
    def text(self) -> str:
        """What stands in the search box; tantivy's query language reads it as ours does."""
        return " ".join([self.wanted, *(f"-{word}" for word in self.excluded)]).strip()

    @property
    def wanted(self) -> str:
        """The words and phrases that must be there."""
        return " ".join([*self.words, *(f'"{phrase}"' for phrase in self.phrases)])

    @property
    def fts5(self) -> str:
        """The words and phrases in the query language of SQLite's FTS5."""
        wanted = " AND ".join(f'"{text}"' for text in [*self.words, *self.phrases])
        return " NOT ".join([f"({wanted})", *(f'"{word}"' for word in self.excluded)]) if wanted else ""

    @property
    def ours(self) -> str:
        """The query string of /practices/."""
        return urlencode([("q", self.text)] * bool(self.text) + [*self.filters.items()])

    @property
    def datasette(self) -> str:
        """The query string of a table in Datasette: twenty rows without the long text, every value of six facets."""
        asked = [("_search", self.fts5), ("_searchmode", "raw")] if self.fts5 else []
        asked += [(f"{name}__arraycontains", code) for name, code in self.filters.items()]
        facets = [("_facet_array", name) for name in FACETS] + [("_facet_size", "max")]
        columns = [("_col", name) for name in ("slug", "title", "summary")]
        return urlencode([*asked, *facets, *columns, ("_size", "20"), ("_shape", "objects")])


def queries() -> list[Query]:
    """Return the fixed set."""
    return [Query.read(line) for line in FILE.read_text(encoding="utf-8").splitlines()]


# Drawing them anew


def main(folder: Path) -> None:
    """Draw until enough are found that find something at every size in the folder, and write them."""
    exports = sorted(folder.glob("*/export.jsonl"), key=lambda path: path.stat().st_size)
    random, chosen = Random(SEED), dict[str, None]()
    records = [json.loads(line) for line in exports[0].read_text(encoding="utf-8").splitlines()]
    databases = [sqlite3.connect(path.with_name("datasette.db")) for path in exports]
    while len(chosen) < NUMBER:
        query = draw(random, random.choice(records))
        if str(query) not in chosen and all(finds(database, query) for database in databases):
            chosen[str(query)] = None
    for database in databases:
        database.close()
    FILE.write_text("".join(f"{line}\n" for line in chosen), encoding="utf-8")


def draw(random: Random, record: dict[str, str]) -> Query:
    """Return a query that a reader who has this record in mind might ask."""
    query, shape = Query(), random.random()
    sentences = [re.findall(r"[^\W_]+", sentence.lower()) for sentence in record["summary"].split(".") if sentence]
    words = [word for sentence in sentences for word in sentence]
    if shape < 0.85:  # else filters only
        query.words = list(dict.fromkeys(random.choices(words, k=random.choices((1, 2, 3, 4), (30, 40, 20, 10))[0])))
    if shape < 0.15:  # a proper name, alone or with a word
        query.words = [random.choice([record["title"], record["names"]]).split(".")[0].split()[-1], *query.words[:1]]
        query.words = [query.words[0].lower(), *query.words[random.randint(1, 2) :]]
    elif shape < 0.30:
        sentence = random.choice(sentences)
        pairs = [pair for pair in pairwise(sentence) if pair[0] != pair[1]]
        query.words, query.phrases = query.words[: random.randint(0, 1)], [" ".join(random.choice(pairs))]
    elif shape < 0.44:
        query.excluded = [random.choice(words)]
        query.words = [word for word in query.words if word not in query.excluded][:2]
    if shape >= 0.85 or random.random() < 0.45:
        # a role in a function is one involvement for ours only: never both, so that all have the same to find
        names = [name for name in FACETS if record[name] and name != random.choice(("role", "function"))]
        number = random.choices((1, 2, 3), (60, 30, 10))[0]
        query.filters = {name: random.choice(record[name]) for name in random.sample(names, min(number, len(names)))}
    return query


def finds(database: sqlite3.Connection, query: Query) -> bool:
    """Tell whether a query that asks for anything finds anything."""
    where = ["practices.id IN (SELECT rowid FROM words WHERE words MATCH ?)"] * bool(query.fts5)
    where += [f'? IN (SELECT value FROM json_each(practices."{name}"))' for name in query.filters]  # noqa: S608
    values = [query.fts5] * bool(query.fts5) + [*query.filters.values()]
    if not where or {"role", "function"} <= query.filters.keys():
        return False
    with closing(database.execute(f"SELECT 1 FROM practices WHERE {' AND '.join(where)} LIMIT 1", values)) as found:  # noqa: S608
        return found.fetchone() is not None


if __name__ == "__main__":
    main(Path(sys.argv[1]))

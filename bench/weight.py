"""What the longest page of every type weighs over the wire with all it fetches, gzipped, as the site is served.

`python -m bench.weight [--json]` prints a table in kB and exits with 1 when a target is missed.
"""

import argparse
import gzip
import http.client
import json
import sys
from dataclasses import dataclass
from pathlib import PurePosixPath

from bench.pages import command, serving, table

#: the most, in kB, that a page may weigh of each kind (docs/quality.md, P6); fonts and icons have no limit
MOST = {"HTML": 60, "CSS": 25, "JS": 25, "Map": 40, "Third party": 0}

Weights = dict[str, float]


@dataclass(frozen=True)
class Answer:
    """One answer: its text unpacked, its kilobytes over the wire, whether it is a page."""

    text: str
    kilobytes: float
    is_page: bool


def main() -> int:
    """Weigh, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.weight", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--measure", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure)))
        return 0
    with serving() as (env, port):
        weighed: dict[str, Weights] = json.loads(command(env, "-m", "bench.weight", "--measure", str(port)))
    print(json.dumps(weighed, indent=2)) if options.json else show(weighed)
    return 1 if any(page[kind] > most for page in weighed.values() for kind, most in MOST.items()) else 0


def measure(port: int) -> dict[str, Weights]:
    """Weigh the longest page of each type, as the server at this port answers."""
    import django

    django.setup()
    from tests.sitemap import is_export, longest, patterns

    urls = {str(pattern.name): longest(pattern)[0] for pattern in patterns() if not is_export(pattern)}
    return {name: weigh(port, url) for name, url in urls.items() if fetched(port, url).is_page}


def weigh(port: int, url: str) -> Weights:
    """Return the kilobytes of a page by kind, and how many requests go to others."""
    from tests.sitemap import files

    page = fetched(port, url)
    weights = {"HTML": page.kilobytes, "CSS": 0.0, "JS": 0.0, "Map": 0.0, "Font and icons": 0.0, "Third party": 0.0}
    for file in files(page.text):
        if file.startswith("/"):
            weights[kind(file)] += fetched(port, file).kilobytes
        else:
            weights["Third party"] += 1
    return weights


def kind(file: str) -> str:
    """Return which kind of file an address names."""
    if "/map/" in file:
        return "Map"
    return {".css": "CSS", ".js": "JS"}.get(PurePosixPath(file).suffix, "Font and icons")


def fetched(port: int, url: str) -> Answer:
    """Return what the server answers to a browser that unpacks gzip."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", url, headers={"Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{url} answers {response.status}")
    plain = gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body
    is_page = response.headers["Content-Type"].startswith("text/html")
    return Answer(plain.decode(errors="replace"), len(body) / 1000, is_page)


def show(weighed: dict[str, Weights]) -> None:
    """Print the table, last the heaviest of each kind and the targets."""
    heads = list(next(iter(weighed.values())))
    rows = [[f"`{name}`", *figures(page)] for name, page in weighed.items()]
    heaviest = {head: max(page[head] for page in weighed.values()) for head in heads}
    rows.append(["heaviest", *figures(heaviest)])
    rows.append(["target", *(str(MOST.get(head, "–")) for head in heads)])
    table("Weight of the longest page of each type, gzipped, in kB", ["Page", *heads], rows)


def figures(page: Weights) -> list[str]:
    """Return the cells of a row."""
    return [f"{value:.0f}" if name == "Third party" else f"{value:.1f}" for name, value in page.items()]


if __name__ == "__main__":
    sys.exit(main())

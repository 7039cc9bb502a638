"""What Lighthouse says of eight page types on a mobile phone, as the site is served in production.

`python -m bench.lighthouse [--runs 3] [--json]` serves the real collection on this machine, prints the median of the
runs and exits with 1 when a target is missed. It needs Chromium, and node, with which npx fetches Lighthouse once.
Pages come over plain HTTP/1.1 from loopback, which Lighthouse takes for safe: KB_LOCAL lifts the redirect to HTTPS.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.pages import command, say, serving, table

#: what Lighthouse, or this bench of it, says of a page
Report = dict[str, Any]

CHROMIUM = os.environ.get("CHROME_PATH") or shutil.which("chromium") or shutil.which("chromium-browser")
#: the last version for node 20, which Debian and most others have
LIGHTHOUSE = "lighthouse@12.8.2"
#: on a busy machine Chromium may fail to record a page
ATTEMPTS = 3
CATEGORIES = {
    "performance": "Performance",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
#: what else is told, as (head, audit, divisor, decimals)
AUDITS = [
    ("LCP, s", "largest-contentful-paint", 1000, 2),
    ("CLS", "cumulative-layout-shift", 1, 3),
    ("Weight, kB", "total-byte-weight", 1000, 0),
]
#: the page types measured, with what a reader asks of them
PAGES = ["home", "practice_list", "practice", "country", "role", "matrix", "compare", "brief"]
ASKED = {"practice_list": "?q=language+courses"}

# Targets (docs/quality.md, what benches hold)
LEAST = {"Performance": 95, "Accessibility": 100, "Best practices": 95, "SEO": 100}
MOST = {"LCP, s": 1.5, "CLS": 0.05}

Figures = dict[str, float]


def main() -> int:
    """Measure, print, and return the exit status: 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.lighthouse", description=str(__doc__).partition("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each page, of which the median counts (3)")
    parser.add_argument("--json", action="store_true", help="for machines, with what costs points on each page")
    parser.add_argument("--addresses", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.addresses:
        print(json.dumps(addresses()))
        return 0
    check_tools()
    with serving() as (env, port):
        found = json.loads(command(env, "-m", "bench.lighthouse", "--addresses"))
        measured = [measure(name, url, port, options.runs) for name, url in found.items()]
    print(json.dumps(measured, indent=2)) if options.json else show(measured)
    return 1 if any(missed(page["figures"]) for page in measured) else 0


def check_tools() -> None:
    """End with what to install where a tool is missing."""
    if not CHROMIUM:
        raise SystemExit("Lighthouse needs Chromium: apt-get install chromium")
    if not shutil.which("npx"):
        raise SystemExit("Lighthouse needs node with npx: apt-get install nodejs npm")


def addresses() -> dict[str, str]:
    """Return the address of each page type, records with the most to show."""
    import django

    django.setup()
    from tests.sitemap import longest, patterns

    known = {str(pattern.name): pattern for pattern in patterns()}
    return {name: longest(known[name])[0] + ASKED.get(name, "") for name in PAGES}


def measure(name: str, url: str, port: int, runs: int) -> Report:
    """Return the medians of a page, and the audits that cost it points in the last run."""
    say(f"  {name}: {url}")
    reports = [lighthouse(f"http://127.0.0.1:{port}{url}") for _ in range(runs)]
    each = [figures(report) for report in reports]
    medians = {head: statistics.median(one[head] for one in each) for head in each[0]}
    say(f"    {medians}")
    return {"name": name, "url": url, "figures": medians, "lost": lost(reports[-1])}


def lighthouse(address: str) -> Report:
    """Return the report of one run: a mobile phone, with the throttling that Lighthouse simulates by default."""
    chrome = "--chrome-flags=--headless=new --no-sandbox"
    kinds = f"--only-categories={','.join(CATEGORIES)}"
    with tempfile.TemporaryDirectory(prefix="kb-bench-") as folder:
        path = Path(folder) / "report.json"
        arguments = [
            "npx",
            "--yes",
            "--prefer-offline",
            LIGHTHOUSE,
            address,
            chrome,
            kinds,
            "--output=json",
            f"--output-path={path}",
        ]
        env = {**os.environ, "CHROME_PATH": str(CHROMIUM)}
        for _ in range(ATTEMPTS):
            done = subprocess.run([*arguments, "--quiet"], cwd=folder, env=env, capture_output=True, text=True)
            if not done.returncode:
                return dict(json.loads(path.read_text(encoding="utf-8")))
    raise SystemExit(f"Lighthouse failed on {address}.\n{done.stderr}")


def figures(report: Report) -> Figures:
    """Return what is told of a run: scores up to 100, and measures."""
    scores = {head: round(report["categories"][key]["score"] * 100) for key, head in CATEGORIES.items()}
    return scores | {head: report["audits"][key]["numericValue"] / unit for head, key, unit, _ in AUDITS}


def lost(report: Report) -> dict[str, list[str]]:
    """Return the audits that cost points, by category."""
    costly = {}
    for key, head in CATEGORIES.items():
        weighed = [one["id"] for one in report["categories"][key]["auditRefs"] if one["weight"]]
        costly[head] = [name for name in weighed if (report["audits"][name]["score"] or 0) < 1]
    return costly


def missed(page: Figures) -> list[str]:
    """Return what of a page misses its target."""
    return [head for head in LEAST if page[head] < LEAST[head]] + [head for head in MOST if page[head] > MOST[head]]


def show(measured: list[Report]) -> None:
    """Print the table, what misses its target in bold."""
    decimals = dict.fromkeys(CATEGORIES.values(), 0) | {head: number for head, _, _, number in AUDITS}
    rows = []
    for page in measured:
        bold = missed(page["figures"])
        cells = {head: f"{page['figures'][head]:.{places}f}" for head, places in decimals.items()}
        rows.append([f"`{page['name']}`", *(f"**{text}**" if head in bold else text for head, text in cells.items())])
    table(f"Lighthouse ({LIGHTHOUSE.partition('@')[2]}), mobile", ["Page", *decimals], rows)


if __name__ == "__main__":
    sys.exit(main())

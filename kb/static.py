"""How static files are served: named by their hash, compressed, and the style sheet in one piece."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FOLDER = "css/"
SHEET = f"{FOLDER}site.css"
IMPORT = re.compile(r'@import url\("(?P<file>[\w/-]+\.css)"\) layer\((?P<layer>\w+)\)(?: (?P<media>\w+))?;')


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Puts what the style sheet imports into it, so that a page waits for one file only before it is shown."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        whole = InMemoryStorage()
        whole.save(SHEET, ContentFile(sheet(paths)))
        yield from super().post_process({**paths, SHEET: (whole, SHEET)}, dry_run, **options)


def sheet(paths: dict[str, Any]) -> str:
    """Return the style sheet with every import replaced by what it imports, in its layer and for its medium."""

    def imported(found: re.Match[str]) -> str:
        text = read(paths, FOLDER + found["file"])
        if found["media"]:
            text = f"@media {found['media']} {{\n{text}}}\n"
        return f"@layer {found['layer']} {{\n{text}}}"

    return IMPORT.sub(imported, read(paths, SHEET))


def read(paths: dict[str, Any], name: str) -> str:
    """Return the text of a file that is being collected."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())

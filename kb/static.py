"""How static files are served: named by their hash, compressed, and the style sheet in one piece."""

import re
from collections.abc import Iterable, Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

FOLDER = "css/"
SHEET = f"{FOLDER}site.css"
#: the files that are collected, by name: where each is kept, and by which name
Paths = dict[str, tuple[Storage, str]]
#: how the name of a file shows that it holds the hash of what the file holds
HASHED = re.compile(r"\.[0-9a-f]{12}\.")
IMPORT = re.compile(r'@import url\("(?P<file>[\w/-]+\.css)"\) layer\((?P<layer>\w+)\)(?: (?P<media>\w+))?;')


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Puts what the style sheet imports into it, so that a page waits for one file only before it is shown."""

    def post_process(self, paths: Paths, dry_run: bool = False, **options: object) -> Iterator[tuple[str, str, bool]]:
        whole = InMemoryStorage()
        whole.save(SHEET, ContentFile(sheet(paths)))
        yield from super().post_process({**paths, SHEET: (whole, SHEET)}, dry_run, **options)

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what pages name, and once: what has the same hash is the same file, at each start of the site."""
        new = (path for path in paths if HASHED.search(path) and not self.exists(f"{path}.gz"))
        yield from super().compress_files(new)


def sheet(paths: Paths) -> str:
    """Return the style sheet with every import replaced by what it imports, in its layer and for its medium."""

    def imported(found: re.Match[str]) -> str:
        text = read(paths, FOLDER + found["file"])
        if found["media"]:
            text = f"@media {found['media']} {{\n{text}}}\n"
        return f"@layer {found['layer']} {{\n{text}}}"

    return IMPORT.sub(imported, read(paths, SHEET))


def read(paths: Paths, name: str) -> str:
    """Return the text of a file that is being collected."""
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())

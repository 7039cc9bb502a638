"""`--text KEY=PATH`: how commands take the texts that only their callers hold, and refuse what is none."""

from argparse import ArgumentParser
from collections.abc import Collection
from pathlib import Path

from django.core.management.base import CommandError

from practices.curation.sources.verification import Verification
from practices.models import Source
from practices.provenance.fingerprints import words

#: exit statuses: something falls short; the arguments cannot be used
FALLS_SHORT, NOT_USABLE = 1, 2


def add_text_argument(parser: ArgumentParser, *, required: bool) -> None:
    """Let a command take `--text`, as often as there are texts."""
    parser.add_argument(
        "--text",
        action="append",
        required=required,
        default=None if required else [],
        dest="texts",
        metavar="KEY=PATH",
        help="A source and the UTF-8 file with its text, such as idm-11=idm-11.txt; may be repeated.",
    )


def verify_texts(pairs: list[str], only: Collection[str] = ()) -> list[Verification]:
    """Return what each text says of its source, of the sources `only` where given.

    Raise CommandError, in one line that names the argument, before anything is reported where one cannot be used.
    """
    paths = _paths(pairs)
    for key in only:
        if key not in paths:
            raise CommandError(f"--source {key} has no --text {key}=PATH.", returncode=NOT_USABLE)
    wanted = [(key, path) for key, path in paths.items() if not only or key in only]
    texts = [(find_source(key), path, _read(path)) for key, path in wanted]
    return [_verified(source, path, text) for source, path, text in texts]


def find_source(key: str) -> Source:
    """Return the source with this key. Raise CommandError, naming those there are, where there is none."""
    source = Source.objects.originals().filter(slug=key).first()
    if not source:
        keys = ", ".join(Source.objects.originals().order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no source {key}. Known sources: {keys}.", returncode=NOT_USABLE)
    return source


def _paths(pairs: list[str]) -> dict[str, str]:
    paths: dict[str, str] = {}
    for pair in pairs:
        key, separator, path = pair.partition("=")
        if not (key and separator and path):
            raise CommandError(
                f"--text takes KEY=PATH, such as idm-11=idm-11.txt, not “{pair}”.", returncode=NOT_USABLE
            )
        if key in paths:
            raise CommandError(f"--text gives {key} twice.", returncode=NOT_USABLE)
        paths[key] = path
    return paths


def _read(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.", returncode=NOT_USABLE) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.", returncode=NOT_USABLE) from error
    if not words(text):
        raise CommandError(f"{path} is empty.", returncode=NOT_USABLE)
    return text


def _verified(source: Source, path: str, text: str) -> Verification:
    verification = Verification.of(source, text)
    if verification.is_of_another_text:
        raise CommandError(
            f"{path} is not the text of {source.slug}: hardly any of its headings and citations are found there.",
            returncode=NOT_USABLE,
        )
    return verification

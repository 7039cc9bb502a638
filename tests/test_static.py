"""Static files: compressed once for each content."""

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from kb.static import SHEET, StaticStorage


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with a style sheet that is worth compressing."""
    (tmp_path / "css").mkdir()
    (tmp_path / SHEET).write_text("p { color: red }\n" * 200)
    return tmp_path


def collect(root: Path) -> dict[str, bytes]:
    """Process what is in a folder as `collectstatic` does; return the compressed files."""
    source = FileSystemStorage(root)
    storage = StaticStorage(location=root, base_url="/static/")
    for _name, _hashed, processed in storage.post_process({SHEET: (source, SHEET)}):
        assert not isinstance(processed, Exception)
    return {path.name: path.read_bytes() for path in root.rglob("*") if path.suffix in (".gz", ".br")}


def test_files_with_a_hash_in_their_names_are_compressed(root: Path) -> None:
    assert {name.split(".")[0] + name[-3:] for name in collect(root)} == {"site.gz", "site.br"}
    assert len(collect(root)) == 2


def test_what_did_not_change_is_not_compressed_again(root: Path) -> None:
    for name in collect(root):
        (root / "css" / name).write_bytes(b"as it was")
    assert set(collect(root).values()) == {b"as it was"}


def test_what_changed_is_compressed(root: Path) -> None:
    before = collect(root)
    (root / SHEET).write_text("p { color: blue }\n" * 200)
    assert len(set(collect(root)) - set(before)) == 2

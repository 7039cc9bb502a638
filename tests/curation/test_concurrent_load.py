"""Loading fixtures while curators work, on a database that no transaction of a test holds."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connections

from practices.curation import loading
from practices.index import writer
from practices.models import Practice
from tests.conftest import ROOT


@pytest.fixture
def curator(own_database: dict[str, Any]) -> Iterator[Any]:
    """Return a connection of somebody else, who does not wait for anybody."""
    connection = connections.create_connection("default")
    connection.settings_dict = {**own_database, "OPTIONS": {**own_database["OPTIONS"]}}
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = 0
    else:
        connection.settings_dict["OPTIONS"]["options"] += " -c lock_timeout=10"
    yield connection
    connection.close()


def test_a_load_with_nothing_new_keeps_nobody_from_writing(curator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    writes = []

    def while_a_curator_writes(read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*arguments: Any) -> Any:
            with curator.cursor() as cursor:
                cursor.execute("UPDATE practices_refsequence SET last = last + 1")
            writes.append(read)
            return read(*arguments)

        return reading

    for module, name in ((loading, "records_of"), (writer, "documents")):
        monkeypatch.setattr(module, name, while_a_curator_writes(getattr(module, name)))
    assert loading.load(ROOT / "fixtures") == loading.LoadResult()
    assert len(set(writes)) == 2


def test_who_saves_what_a_load_is_about_to_write_waits_for_it(
    curator: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copytree(ROOT / "fixtures", tmp_path / "fixtures")) / "05_practices.json"
    records = json.loads(file.read_text(encoding="utf-8"))
    fields = next(record["fields"] for record in records if record["model"] == "practices.practice")
    fields["summary"] = "A newer fixture."
    file.write_text(json.dumps(records), encoding="utf-8")
    write, waits = loading.Comparison.write, []

    def after_a_curator_saved(comparison: loading.Comparison) -> None:
        with pytest.raises(OperationalError) as reason, curator.cursor() as cursor:
            cursor.execute("UPDATE practices_practice SET summary = 'Mine.' WHERE slug = %s", [fields["slug"]])
        waits.append(reason)
        write(comparison)

    monkeypatch.setattr(loading.Comparison, "write", after_a_curator_saved)
    assert loading.load(file.parent) == loading.LoadResult(updated=1)
    assert len(waits) == 1
    assert Practice.objects.get(slug=fields["slug"]).summary == "A newer fixture."

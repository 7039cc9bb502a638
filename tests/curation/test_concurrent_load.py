"""Loading fixtures while curators work, on a database that no transaction of a test holds."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import environ
import pytest
from django.db import connections

from practices.curation import loading
from practices.index import writer
from tests import databases
from tests.conftest import ROOT


@pytest.fixture
def own_database(django_db_blocker: Any, collection_database: str, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Connect to a copy of the collection's database outside of any transaction; returns the settings."""
    shared, own = connections["default"], connections.create_connection("default")
    with django_db_blocker.unblock(), databases.copy(collection_database, tmp_path) as address:
        own.settings_dict = {**own.settings_dict, "NAME": environ.Env.db_url_config(address)["NAME"]}
        connections["default"] = own
        try:
            yield own.settings_dict
        finally:
            own.close()
            connections["default"] = shared


def test_a_load_with_nothing_new_keeps_nobody_from_writing(
    own_database: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    curator = connections.create_connection("default")
    curator.settings_dict = {**own_database, "OPTIONS": {**own_database["OPTIONS"]}}
    if curator.vendor == "sqlite":
        curator.settings_dict["OPTIONS"]["timeout"] = 0
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
    try:
        assert loading.load(ROOT / "fixtures") == loading.LoadResult()
    finally:
        curator.close()
    assert len(set(writes)) == 2

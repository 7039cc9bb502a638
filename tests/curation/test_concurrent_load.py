"""Loading fixtures while curators work, on a database that no transaction of a test holds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from practices.curation import loading
from practices.index import writer
from tests.conftest import ROOT


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

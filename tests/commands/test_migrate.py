"""Django's `migrate` on PostgreSQL: a slow machine does not cut an update off."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_migrate

from practices.index.backends.postgres import LIMITS
from tests.databases import ON_POSTGRES


def limits() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name", [LIMITS])
        return [setting for (setting,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has no such limits")
def test_the_limits_of_pages_do_not_end_an_update() -> None:
    before, during = limits(), []

    def look(**_signal: object) -> None:
        during.append(limits())

    pre_migrate.connect(look)
    try:
        call_command("migrate", verbosity=0)
    finally:
        pre_migrate.disconnect(look)
    assert during and all(seen == ["0", "0"] for seen in during)
    assert limits() == before != ["0", "0"]

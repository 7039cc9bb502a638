"""Django's `migrate`, which on PostgreSQL may take longer than a page."""

from django.core.management.commands import migrate

from practices.curation import timeouts


class Command(migrate.Command):
    """Bring the tables up to date, however long that takes. A lock that readers hold is still waited for briefly."""

    def handle(self, *args: object, **options: object) -> None:
        with timeouts.lifted():
            super().handle(*args, **options)

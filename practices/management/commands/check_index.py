"""`check_index`: tell where the search index is not what the data says."""

import sys

from django.core.management.base import BaseCommand

from practices.index import writer
from practices.models import Practice


class Command(BaseCommand):
    """Compare every document with the practice it is of, and the text index with the documents."""

    help = "Compare the search index with the data; prints every difference, and exits 1 where there is one."

    def handle(self, *args: object, **options: object) -> None:
        differences = list(writer.differences())
        slugs = dict(Practice.objects.filter(pk__in=[key for key, _ in differences]).values_list("pk", "slug"))
        for key, difference in differences:
            self.stdout.write(f"{slugs.get(key, 'the index') if key else 'the index'}: {difference}")
        if differences:
            self.stdout.write(f"{len(differences)} differences: run `manage.py reindex`.")
            sys.exit(1)
        self.stdout.write("The index is what the data says.")

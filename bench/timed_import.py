"""`python -m bench.timed_import [FILE]`: import a file by our command and print the seconds of its longest transaction.

See `bench.importing`. With `--as-page` the file is checked, then imported, as the page of imports has it done. Without
a file this only makes itself ready to import, to show what memory that takes.
"""

import os
import sys
import time
from io import StringIO
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
django.setup()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402 (files and commands need Django)
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from practices.curation.importing import jobs  # noqa: E402
from practices.management.commands import import_records  # noqa: E402, F401 (what takes memory)

#: when each transaction began, and ended
MARKS: list[float] = []


def main() -> None:
    """Import the file that is named."""
    connection.ensure_connection()
    switch = connection.set_autocommit

    def marked(autocommit: bool, *arguments: bool, **options: bool) -> None:
        switch(autocommit, *arguments, **options)
        MARKS.append(time.perf_counter())

    connection.set_autocommit = marked  # type: ignore[method-assign]  # Django calls it when a transaction begins and when it has ended
    if "--as-page" in sys.argv:
        path = Path(sys.argv[1])
        token = jobs.begin([SimpleUploadedFile(path.name, path.read_bytes())], user=0).token
        call_command("import_records", job=token, dry_run=True)
        call_command("import_records", job=token)
        job = jobs.find(token)
        if job is None or job.status.step != jobs.Step.WRITTEN:
            raise SystemExit(f"The import is {job and job.status}.")
    elif len(sys.argv) > 1:
        call_command("import_records", sys.argv[1], stdout=StringIO())
    print(max((end - begin for begin, end in zip(MARKS[::2], MARKS[1::2], strict=True)), default=0.0))


if __name__ == "__main__":
    main()

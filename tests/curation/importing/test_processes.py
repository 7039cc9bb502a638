"""An import in a process of its own: others read meanwhile, and one that is ended in the middle leaves nothing."""

import os
import subprocess
import sys
from pathlib import Path

from tests import databases
from tests.conftest import ROOT
from tests.curation.importing.sheets import as_json, practice

#: imports a file, and waits in the middle of its transaction until it is told to end at once
WRITE = """
import os, signal, sys, django; django.setup()
from django.core.management import call_command
from practices.curation.importing import tables

def halt(self):
    print("in the middle", flush=True)
    sys.stdin.readline()
    os.kill(os.getpid(), signal.SIGKILL)

tables.History.write = halt
call_command("import_records", sys.argv[1])
"""
#: asks for pages as readers do, and prints what they answer and how many practices and lines of history there are
READ = """
import django; django.setup()
from django.test import Client
from practices.models import Practice
urls = ("/practices.json?q=language", "/practices.csv?country=PT")
pages = [Client().get(url, secure=True, SERVER_NAME="kb.example.org").status_code for url in urls]
print(*pages, Practice.objects.count(), Practice.history.count())
"""


def test_m3_c5_readers_go_on_during_an_import_and_one_that_is_killed_leaves_nothing(
    collection_database: str, tmp_path: Path
) -> None:
    path = as_json(tmp_path / "file.json", practices=[practice("a")])
    with databases.copy(collection_database, tmp_path) as address:
        env = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "kb.settings"}

        def read() -> str:
            done = subprocess.run([sys.executable, "-c", READ], cwd=ROOT, env=env, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            return done.stdout

        command = [sys.executable, "-c", WRITE, str(path)]
        with subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as writing:
            assert writing.stdout and writing.stdin
            assert writing.stdout.readline() == "in the middle\n"
            meanwhile = read()
            writing.communicate("end\n")
        assert writing.returncode == -9
        assert meanwhile.startswith("200 200 ")
        assert read() == meanwhile

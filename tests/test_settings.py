"""Settings are safe by default, and a value that cannot work stops the start with a reason."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from tests.conftest import ROOT

KEY = "k" * 60


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own, with only this environment."""
    code = "from django.conf import settings; settings.DEBUG; print(settings.SESSION_COOKIE_NAME)"
    base = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "kb.settings", "KB_LOCAL": "", "SECRET_KEY": ""}
    env = {**base, "ALLOWED_HOSTS": "", "DATABASE_URL": "sqlite:///:memory:", **environment}
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"ALLOWED_HOSTS": "kb.example.org"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "kb.example.org", "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"ALLOWED_HOSTS": "kb.example.org", "SECRET_KEY": "django-insecure-" + KEY}, "SECRET_KEY"),
        ({"SECRET_KEY": KEY}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "kb.example.org", "KB_LOCAL": "1"}, "this machine only"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "kb.example.org", "KB_DEBUG": "1"}, "this machine only"),
        ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "kb.example.org", "DATABASE_URL": "mysql://a/b"}, "DATABASE_URL"),
    ],
    ids=["no key", "short key", "default key", "no hosts", "any host", "local in public", "debug in public", "mysql"],
)
def test_a_value_that_cannot_work_stops_the_start_with_a_reason(environment: dict[str, str], reason: str) -> None:
    done = start(**environment)
    assert done.returncode != 0
    assert reason in done.stderr


def test_production_starts_with_a_key_and_a_host() -> None:
    done = start(SECRET_KEY=KEY, ALLOWED_HOSTS="kb.example.org")
    assert done.stdout.strip() == "__Host-sessionid", done.stderr


def test_local_lifts_https_only_on_loopback() -> None:
    assert start(SECRET_KEY=KEY, KB_LOCAL="1").stdout.strip() == "sessionid"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", False),
        ("SECURE_SSL_REDIRECT", True),
        ("SECURE_HSTS_SECONDS", 31536000),
        ("SECURE_HSTS_INCLUDE_SUBDOMAINS", True),
        ("SESSION_COOKIE_SECURE", True),
        ("SESSION_COOKIE_HTTPONLY", True),
        ("SESSION_COOKIE_SAMESITE", "Lax"),
        ("SESSION_COOKIE_NAME", "__Host-sessionid"),
        ("SESSION_COOKIE_AGE", 8 * 60 * 60),
        ("SESSION_SAVE_EVERY_REQUEST", False),
        ("CSRF_COOKIE_SECURE", True),
        ("CSRF_COOKIE_HTTPONLY", True),
        ("CSRF_COOKIE_SAMESITE", "Lax"),
        ("CSRF_COOKIE_NAME", "__Host-csrftoken"),
        ("SECURE_PROXY_SSL_HEADER", None),
        ("DATA_UPLOAD_MAX_MEMORY_SIZE", 2 * 1024 * 1024),
        ("DATA_UPLOAD_MAX_NUMBER_FIELDS", 20_000),
        ("AXES_FAILURE_LIMIT", 5),
    ],
)
def test_the_settings_to_hold_are_held(name: str, value: object) -> None:
    assert getattr(settings, name) == value


def test_no_page_goes_through_a_site_wide_cache() -> None:
    assert not [name for name in settings.MIDDLEWARE if "UpdateCache" in name]


def test_login_is_guarded_by_lockout_and_a_second_factor() -> None:
    assert "axes.middleware.AxesMiddleware" in settings.MIDDLEWARE
    assert "django_otp.middleware.OTPMiddleware" in settings.MIDDLEWARE


def test_the_policy_has_nothing_unsafe() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["default-src"] == ["'none'"]
    assert "unsafe" not in str(directives)


@pytest.mark.django_db
def test_the_database_never_waits_for_long() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = {}
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                cursor.execute(f"SHOW {name}")
                found[name] = cursor.fetchone()[0]
            assert found == {
                "statement_timeout": "3s",
                "lock_timeout": "2s",
                "idle_in_transaction_session_timeout": "10s",
            }
            assert connection.settings_dict["OPTIONS"]["connect_timeout"] == 2
            assert connection.settings_dict["CONN_HEALTH_CHECKS"] is True
        else:
            cursor.execute("PRAGMA foreign_keys")
            assert cursor.fetchone()[0] == 1
            assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
            assert connection.settings_dict["OPTIONS"]["timeout"] == settings.WRITERS_WAIT


def test_deploy_checks_pass_in_production() -> None:
    env = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "aB3-" + "xYz9" * 20,
        "ALLOWED_HOSTS": "kb.example.org",
        "DATABASE_URL": "sqlite:///:memory:",
        **dict.fromkeys(["KB_LOCAL", "KB_DEBUG"], ""),  # whatever a quickstart wrote to .env
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

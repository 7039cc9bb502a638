"""The environment of tests: production's settings, with a key of their own. Loaded before Django's settings."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "k" * 50)
os.environ["ALLOWED_HOSTS"] = "kb.example.org"
for name in ("KB_LOCAL", "KB_DEBUG", "KB_PROXY_SSL_HEADER", "KB_TRUSTED_PROXY"):
    os.environ[name] = ""
# Playwright's own event loop goes on between tests; no test calls Django from a coroutine
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

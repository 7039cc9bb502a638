"""Settings, from the environment and safe by default; a value that cannot work stops the start with a reason.

`.env` beside `manage.py` is read first; `docs/operators.md` lists every variable.
Reference: https://docs.djangoproject.com/en/5.2/ref/settings/
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from kb.proxy import parse_proxies

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}

env = environ.Env()
env.read_env(str(BASE_DIR / ".env"))

# Safety. KB_LOCAL=1 lifts HTTPS-only and two-factor, and is refused anywhere but on loopback.
LOCAL: bool = env.bool("KB_LOCAL", default=False)
DEBUG: bool = env.bool("KB_DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[]) or (sorted(LOOPBACK) if LOCAL else [])

if len(SECRET_KEY) < 50 or SECRET_KEY.startswith("django-insecure"):
    raise ImproperlyConfigured(
        "SECRET_KEY must be a random text of 50 characters or more. "
        "`python manage.py quickstart` writes one to .env; in production set it in the environment."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the hosts that the site answers for, for example kb.example.org."
    )
if (LOCAL or DEBUG) and not set(ALLOWED_HOSTS) <= LOOPBACK:
    raise ImproperlyConfigured(
        "KB_LOCAL and KB_DEBUG are for this machine only: ALLOWED_HOSTS may then name loopback hosts only."
    )

# Application
INSTALLED_APPS = [
    "practices.apps.PracticesConfig",
    "kb.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]
MIDDLEWARE = [
    "kb.proxy.trusted_proxy",
    "kb.middleware.security_headers",
    "kb.middleware.short_addresses",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kb.middleware.Compression",
    "kb.middleware.cache_headers",
    "kb.middleware.one_data_version",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "kb.urls"
WSGI_APPLICATION = "kb.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


#: seconds for which who saves waits for others who do, on either database: longer than an act on many records takes
WRITERS_WAIT = 15


# Database: SQLite beside manage.py when nothing is set, PostgreSQL with DATABASE_URL.
def database() -> dict[str, Any]:
    """Return the database's settings: readers never wait for long, and no write is lost to a lock."""
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": WRITERS_WAIT,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    elif config["ENGINE"] == "django.db.backends.postgresql":
        limits = {"statement_timeout": 3000, "lock_timeout": 2000, "idle_in_transaction_session_timeout": 10000}
        config["OPTIONS"] = {
            **config.get("OPTIONS", {}),
            "connect_timeout": 2,
            "options": " ".join(f"-c {name}={milliseconds}" for name, milliseconds in limits.items()),
        }
    else:
        raise ImproperlyConfigured("DATABASE_URL must be a sqlite:// or postgres:// address.")
    # kept with SQLite too: opening a connection, which reads the schema, takes longer than a search
    return {**config, "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60), "CONN_HEALTH_CHECKS": True}


DATABASES = {"default": database()}

# Private: what curators load for a day, such as files to import; beside the SQLite file, else beside manage.py
DATABASE_FILE = Path(DATABASES["default"]["NAME"])
PRIVATE_BESIDE = DATABASE_FILE.parent if DATABASE_FILE.is_absolute() else BASE_DIR
KB_PRIVATE = Path(env.str("KB_PRIVATE", default=str(PRIVATE_BESIDE / "private")))

# Accounts: five wrong passwords lock an account and address for an hour; two factors unless KB_LOCAL; rights by role.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "practices.curation.roles.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the page can say when it ends
AXES_LOCKOUT_CALLABLE = "practices.accounts.lockouts.locked_out"
OTP_TOTP_ISSUER = "Integration practices"

# Curation: whether a second person looks at what is published
REVIEW: str = env.str("KB_REVIEW", default="advised")
if REVIEW not in ("off", "advised", "required"):
    raise ImproperlyConfigured("KB_REVIEW must be off, advised or required.")

# Mail to curators, where EMAIL_URL names a server, such as smtp+tls://user:password@mail.example.org:587
globals().update(env.email_url("EMAIL_URL", default="dummymail://"))
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL: str = env.str("EMAIL_FROM", default=f"curation@{ALLOWED_HOSTS[0].strip('[].')}")

# Sessions, cookies, transport
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "practices.views.errors.expired"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "sessionid" if LOCAL else "__Host-sessionid"
CSRF_COOKIE_NAME = "csrftoken" if LOCAL else "__Host-csrftoken"
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if LOCAL else 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# The proxies that are believed: see `kb.proxy`. KB_PROXY_SSL_HEADER told the scheme before there was this setting.
try:
    TRUSTED_PROXIES = parse_proxies(env.list("KB_TRUSTED_PROXY", default=[]))
except ValueError as error:
    raise ImproperlyConfigured(
        f"KB_TRUSTED_PROXY must name addresses or networks of proxies, or “unix”, with commas between them: {error}."
    ) from error
if not TRUSTED_PROXIES and (proxy_header := env.str("KB_PROXY_SSL_HEADER", default="")):
    SECURE_PROXY_SSL_HEADER = (proxy_header, "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# a form of the admin has half a dozen fields for each row of a record; addresses: see `kb.middleware.short_addresses`
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# how many records one act on a list changes at most: all of them in one transaction, which on SQLite others wait for
BULK_LIMIT: int = env.int("KB_BULK_LIMIT", default=2000)
# all files of one request together, in bytes: one more than a file to import may have
UPLOAD_LIMIT = 10 * 1024 * 1024 + 1
FILE_UPLOAD_HANDLERS = [
    "kb.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# How often one address may do what writes something or costs much: (times, seconds).
LIMITS = {
    "suggestions": (env.int("KB_SUGGESTIONS_PER_HOUR", default=5), 60 * 60),
    "forgotten passwords": (5, 60 * 60),
}

# Languages: English without a prefix; others at /xx/ as soon as their translations are complete.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# Static files: hashed, compressed, the style sheet in one piece; served by whitenoise
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "kb.static.StaticStorage"},
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

# History: who changed what and when is kept for every curated record and its rows.
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True

# Logs: one JSON object a line on stderr
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # what is searched for, without a word on who searches: see `practices.curation.searches`
        "practices.searches": {"level": "INFO" if env.bool("KB_SEARCH_LOG", default=False) else "CRITICAL"},
    },
}

# Whether there is a server for mail: links for forgotten passwords are sent only then
HAS_MAIL = bool(env.str("EMAIL_URL", default=""))

# Outbound network: none, but for `manage.py tend` where this lets it ask whether links still answer
KB_LINK_CHECK: bool = env.bool("KB_LINK_CHECK", default=False)

"""Settings, read from the environment; nonsense is refused at start, not discovered in use."""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# -- How this process runs -------------------------------------------------------------------

MODE = env.str("VIGIL_MODE", default="run")  # demo | run | test | production
if MODE not in {"demo", "run", "test", "production"}:
    raise environ.ImproperlyConfigured(
        f"VIGIL_MODE is '{MODE}'; say demo, run, test or production."
    )
PRODUCTION = MODE == "production"
HOME = Path(env.str("VIGIL_HOME", default=str(BASE_DIR / ".vigil")))
DEBUG = env.bool("DEBUG", default=False)


def _key_kept_at_home(name):
    """A key made at the first start, kept beside the embedded database."""
    HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(HOME / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as f:
            f.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return (HOME / name).read_text()


SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if PRODUCTION:
        raise environ.ImproperlyConfigured("SECRET_KEY is not set. Production has no default.")
    SECRET_KEY = _key_kept_at_home("secret-key")
# The salt of the fields encrypted at rest; the first encrypts, all of them decrypt.
SALT_KEY = env.list("FIELD_SALTS", default=["vigil-fields"])

# What signs the trail's checkpoints. Keep it off the database's host; who only checks them needs
# the public key alone (manage.py checkpoint_audit --public-key).
CHECKPOINT_KEY = env.str("CHECKPOINT_KEY", default="")
if not CHECKPOINT_KEY and not PRODUCTION:
    CHECKPOINT_KEY = _key_kept_at_home("checkpoint-key")
CHECKPOINT_PUBLIC_KEY = env.str("CHECKPOINT_PUBLIC_KEY", default="")
# Where they go: file:///…, https://host/folder/ (PUT), mailto:…; name at least one off this host.
CHECKPOINT_PLACES = env.list(
    "CHECKPOINT_PLACES", default=[f"file://{HOME.resolve()}/checkpoints/trail.jsonl"]
)

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BASE_URL = env.str("BASE_URL", default="http://localhost:8000")

# -- Applications ----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_linear_migrations",
    "pgtrigger",
    "pghistory",
    "clinic.apps.ClinicConfig",
    "sessions.apps.SessionsConfig",
]

MIDDLEWARE = [
    "clinic.pages.headers.Headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic.pages.methods.ReadOrSend",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.audit.middleware.OneTransactionARequest",
    "clinic.people.middleware.FirstStart",
    "django.middleware.csrf.CsrfViewMiddleware",
    "clinic.pages.signed_out.SignInFirst",
    "clinic.people.door.middleware.Door",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
CSRF_FAILURE_VIEW = "clinic.pages.errors.csrf_failure"

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
                "clinic.pages.context.navigation",
            ],
            "builtins": ["clinic.pages.templatetags.vigil"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# -- Database --------------------------------------------------------------------------------
# Three roles, one a process: app serves, owner migrates and seeds, reader verifies.

DB_ROLE = env.str("VIGIL_DB_ROLE", default="app")
_URL_OF_ROLE = {
    "app": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "reader": "DATABASE_READER_URL",
}
if DB_ROLE not in _URL_OF_ROLE:
    raise environ.ImproperlyConfigured(f"VIGIL_DB_ROLE is '{DB_ROLE}'; say app, owner or reader.")
_url = os.environ.get(_URL_OF_ROLE[DB_ROLE]) or os.environ.get("DATABASE_URL", "")
if _url:
    _database = env.db_url_config(_url)
else:
    # Commands that touch no database (collectstatic) run without one.
    _database = {"ENGINE": "django.db.backends.postgresql", "NAME": "vigil"}
_options = _database.setdefault("OPTIONS", {})
if "host" in _options:  # a unix socket; django-environ leaves it among the options
    _database["HOST"] = _options.pop("host")
_options["application_name"] = f"vigil-{DB_ROLE}"
if env.bool("DATABASE_POOL", default=False):
    # Only gthread web processes take the pool: a forked child would talk on its parent's socket.
    _options["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=4)}
_database["CONN_MAX_AGE"] = 0 if "pool" in _options else env.int("CONN_MAX_AGE", default=60)
_database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# allauth's rate limits need one cache that all processes share.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "vigil_cache",
        # Far more than there are counters: who fills it must not push another's count out.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# -- Sign-in ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "clinic.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "clinic.people.backends.RolesBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.people.adapter.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True  # one address; another takes its place once a letter to it was answered
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False  # devices are shared
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "reset_password": "clinic.people.door.forms.ForgottenPasswordForm",
    "reset_password_from_key": "clinic.people.door.forms.NewPasswordForm",
    "change_password": "clinic.people.door.forms.ChangePasswordForm",
    "add_email": "clinic.people.door.forms.ChangeEmailForm",
}
# Wrong passwords are counted by the door (clinic.people.door.limits); these are wrong codes.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key", "login": None}
PASSWORD_RESET_TIMEOUT = 30 * 60
MFA_ADAPTER = "clinic.people.door.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if MODE == "test":  # nobody attacks a test's passwords; hashing them slowly only costs time
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ACCOUNT_RATE_LIMITS = False

# A clinic always asks for a second factor. The demonstration does where it is told to, so that its
# printed passwords suffice; a test says what it needs.
SECOND_FACTOR_REQUIRED = MODE in {"run", "production"} or (
    MODE == "demo" and env.bool("SECOND_FACTOR_REQUIRED", default=False)
)
IDLE_LOCK = MODE != "test"

# The door asks for both factors anew after 12 hours; the row outlives that, so that a carer whose
# sign-in is over while somebody is dosed goes on charting.
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# -- Security headers ------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY_SSL_HEADER else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
FILE_UPLOAD_HANDLERS = ["clinic.pages.uploads.InMemory"]

# -- Language and time -----------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # stored and compared in UTC; pages draw in the site's zone

# -- Static files ----------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# -- Mail and the work queue -----------------------------------------------------------------

vars().update(env.email("EMAIL_URL", default="smtp://localhost:2525"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Vigil <no-reply@localhost>")

CELERY_BROKER_URL = os.environ.get("BROKER_URL", "redis://localhost:6379/0")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "answer forgotten passwords": {"task": "clinic.people.answer", "schedule": 15.0},
    "send what is due": {"task": "clinic.messages.sweep", "schedule": 15.0},
    "climb the ladder": {"task": "clinic.attention.sweep", "schedule": 30.0},
    "ask for missing contacts": {"task": "sessions.aftercare.sweep", "schedule": 300.0},
    "write the trail's heads down": {"task": "clinic.audit.checkpoint", "schedule": 240.0},
    "end house values": {"task": "clinic.protocols.house.sweep", "schedule": 900.0},
    "plan what is reported": {"task": "sessions.reports.sweep", "schedule": 900.0},
    "watch the run sheets": {"task": "sessions.supervised.sweep", "schedule": 30.0},
}
SWEEP_SECONDS = 15

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

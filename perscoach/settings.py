"""The one settings file. The environment varies it; with nothing set, the embedded defaults serve.

Any secret can be given as ``NAME`` or, as a path to a file that holds it, as ``NAME_FILE``.
Every variable is described in docs/configuration.md.
"""

import json
import secrets
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _
from environ import FileAwareEnv

# Lets ModelForm[Client] and its kin be written as the type checker wants them.
django_stubs_ext.monkeypatch()

env = FileAwareEnv()

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything the program writes: databases, media, models.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
# Written by perscoach.up while the embedded servers run: their addresses.
EMBEDDED_STATE = VAR_DIR / "embedded.json"


def _embedded(name: str) -> str | None:
    """The address of an embedded server, while one runs."""
    try:
        value = json.loads(EMBEDDED_STATE.read_text()).get(name)
    except (FileNotFoundError, PermissionError, ValueError):
        return None
    return str(value) if value else None


def _secret_key() -> str:
    """The configured key, or one made once and kept beside the data."""
    configured = str(env.str("SECRET_KEY", default=""))
    if configured:
        return configured
    kept = VAR_DIR / "secret_key"
    if not kept.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("DEBUG", default=False)

# --- Addresses -----------------------------------------------------------------------------

BASE_DOMAIN = env.str("BASE_DOMAIN", default="localhost").lower().strip(".")
if not BASE_DOMAIN or "/" in BASE_DOMAIN or ":" in BASE_DOMAIN:
    raise ImproperlyConfigured(
        f"BASE_DOMAIN is {BASE_DOMAIN!r}: give a bare host name such as pers.coach, "
        "without a scheme, port or path."
    )
HTTPS = env.bool("HTTPS", default=BASE_DOMAIN != "localhost")
# The port as users see it; behind a proxy usually none.
PUBLIC_PORT = env.int("PUBLIC_PORT", default=env.int("PORT", default=8000) if not HTTPS else 443)
ALLOWED_HOSTS = [
    BASE_DOMAIN,
    f".{BASE_DOMAIN}",
    "127.0.0.1",
    *env.list("ALLOWED_HOSTS", default=[]),
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=3600)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Unset on purpose: a cookie for the bare host name reaches no other trainer's site.
SESSION_COOKIE_DOMAIN = CSRF_COOKIE_DOMAIN = None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Applications --------------------------------------------------------------------------

SHARED_APPS = [
    "django_tenants",
    "tenants",
    "processing.presence",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
]
TENANT_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "tenants.people",
    "processing",
    "exercises",
    "sessions",
]
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "tenants.Trainer"
TENANT_DOMAIN_MODEL = "tenants.Domain"
AUTH_USER_MODEL = "people.User"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "perscoach.packing.PackedPagesMiddleware",
    "perscoach.packing.PackedWhiteNoiseMiddleware",
    "perscoach.middleware.HealthMiddleware",
    "tenants.middleware.TenantMiddleware",
    "csp.middleware.CSPMiddleware",
    "perscoach.middleware.StudioPolicyMiddleware",
    "perscoach.middleware.DevicesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tenants.people.middleware.LanguageMiddleware",
    "sessions.pwa.PageLabelMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "perscoach.urls"
PUBLIC_SCHEMA_URLCONF = "perscoach.urls_public"
WSGI_APPLICATION = "perscoach.wsgi.application"

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
                "csp.context_processors.nonce",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
]

# --- Database ------------------------------------------------------------------------------

# Outside `make run` there may be no server; only commands that need none then work.
_database_url = env.str("DATABASE_URL", default="") or _embedded("database_url")
DATABASES: dict[str, Any] = {
    "default": {
        **env.db_url_config(_database_url or "postgres://127.0.0.1:1/not-running-see-README"),
        "ENGINE": "django_tenants.postgresql_backend",
        # One connection for each web thread: connecting anew costs more than most requests.
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=300),
        "CONN_HEALTH_CHECKS": True,
    }
}
# A host that swallows packets must not hold a worker for minutes.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# --- Queue and cache -----------------------------------------------------------------------

BROKER_URL = env.str("BROKER_URL", default="") or _embedded("broker_url") or ""
BROKER_FACTORY = "perscoach.broker.make_broker"
CACHE_URL = env.str("CACHE_URL", default="") or (
    BROKER_URL.rsplit("/", 1)[0] + "/1" if BROKER_URL.startswith("redis") else ""
)
CACHES: dict[str, Any] = {
    "default": {
        **(
            {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
            if CACHE_URL
            else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
        ),
        "KEY_FUNCTION": "django_tenants.cache.make_key",
        "REVERSE_KEY_FUNCTION": "django_tenants.cache.reverse_key",
    }
}

# --- Processing ----------------------------------------------------------------------------

MODELS_DIR = Path(env.str("MODELS_DIR", default=str(VAR_DIR / "models")))
NODE_MODULES = BASE_DIR / "node_modules"
MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=2048)
MAX_CLIP_SECONDS = env.int("MAX_CLIP_SECONDS", default=30 * 60)
# Room for all recordings of one client together; 0 sets no limit.
CLIENT_RECORDINGS_MB = env.int("CLIENT_RECORDINGS_MB", default=20 * 1024)
# How long an uploaded video that was judged is kept, and what came of it.
ANALYSIS_KEEP_DAYS = env.int("ANALYSIS_KEEP_DAYS", default=30)
POSE_MODEL = env.str("POSE_MODEL", default="full")
# Engines by name, see docs/engines.md; a clip may choose its own.
MATTING_ENGINE = env.str("MATTING_ENGINE", default="mediapipe")
GRADE_ENGINE = env.str("GRADE_ENGINE", default="v11")
POSE_ENGINE = env.str("POSE_ENGINE", default="mediapipe")
LIFTER = env.str("LIFTER", default="")
# How long a claim on a clip lives without news before another worker may take over.
LEASE_SECONDS = env.int("LEASE_SECONDS", default=30)
# A worker that was not heard of for so long is taken to be dead.
WORKER_SILENCE_SECONDS = env.float("WORKER_SILENCE_SECONDS", default=60.0)
# A stage that reports no progress for so long hangs in native code: its process is ended.
STAGE_SILENCE_SECONDS = env.float("STAGE_SILENCE_SECONDS", default=120.0)
# Most memory a stage may write to, in MB; 0 leaves it to the kernel.
STAGE_MEMORY_MB = env.int("STAGE_MEMORY_MB", default=0)
# How long a finished stage waits for a database that is away, before its work is thrown away.
DATABASE_PATIENCE_SECONDS = env.float("DATABASE_PATIENCE_SECONDS", default=600.0)

# --- Coach ---------------------------------------------------------------------------------

# A language model may reword what the coach says; with none, the built-in voices speak.
COACH_LLM_URL = env.str("COACH_LLM_URL", default="").rstrip("/")
COACH_LLM_MODEL = env.str("COACH_LLM_MODEL", default="")
COACH_LLM_KEY = env.str("COACH_LLM_KEY", default="")
COACH_LLM_TIMEOUT_SECONDS = env.float("COACH_LLM_TIMEOUT_SECONDS", default=10.0)
COACH_LLM_LOCAL = env.str("COACH_LLM_LOCAL", default="")
if COACH_LLM_URL and not COACH_LLM_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(
        f"COACH_LLM_URL is {COACH_LLM_URL!r}: give an address such as https://llm.example/v1."
    )
if COACH_LLM_URL and not COACH_LLM_MODEL:
    raise ImproperlyConfigured("COACH_LLM_URL is set: COACH_LLM_MODEL must name the model to ask.")
if COACH_LLM_URL and COACH_LLM_LOCAL:
    raise ImproperlyConfigured("Set COACH_LLM_URL or COACH_LLM_LOCAL: one coach can't have two.")

# --- Files ---------------------------------------------------------------------------------

MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
STORAGES: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "processing.storage.TenantS3Storage",
            "OPTIONS": {
                "bucket_name": S3_BUCKET,
                "endpoint_url": S3_ENDPOINT_URL or None,
                "region_name": env.str("S3_REGION", default="") or None,
                "access_key": env.str("S3_ACCESS_KEY", default="") or None,
                "secret_key": env.str("S3_SECRET_KEY", default="") or None,
                "addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto"),
                "signature_version": "s3v4",
                "querystring_auth": True,
                "querystring_expire": 3600,
                "default_acl": None,
                "file_overwrite": True,
            },
        }
        if S3_BUCKET
        else {"BACKEND": "processing.storage.TenantLocalStorage"}
    ),
    # Collected files get a gzipped copy beside them.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Uploads above this go to a temporary file, never to memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = env.str("FILE_UPLOAD_TEMP_DIR", default="") or None
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024

STATIC_URL = "/static/"
# For operators who collect files for a front server; unset, they are served from where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *(
        (prefix, str(folder))
        for prefix, folder in (
            ("models", MODELS_DIR),
            ("vendor/three", NODE_MODULES / "three" / "build"),
            ("vendor/tasks-vision", NODE_MODULES / "@mediapipe" / "tasks-vision"),
            ("vendor/htmx", NODE_MODULES / "htmx.org" / "dist"),
            ("vendor/outfit", NODE_MODULES / "@fontsource-variable" / "outfit" / "files"),
            ("vendor/onest", NODE_MODULES / "@fontsource-variable" / "onest" / "files"),
        )
        if folder.is_dir()
    ),
]
# Served straight from where they lie: one machine needs no second copy of 60 MB.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 300
WHITENOISE_MIMETYPES = {".mjs": "text/javascript", ".wasm": "application/wasm"}

# --- People --------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_ADAPTER = "tenants.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"pers.coach <no-reply@{BASE_DOMAIN}>")

# The demo that `make run` makes. Its passwords are public: never make it on a server others reach.
DEMO_SLUG = "anna"
DEMO_LOGINS = (
    ("anna@example.com", "demo-trainer"),
    ("kate@example.com", "demo-client"),
)

# --- Languages and time --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ru", "Русский")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["perscoach.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_I18N = USE_TZ = True

# --- API -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "sessions.api_errors.with_code",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "pers.coach",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "LevelEnum": "exercises.levels.Level",
        "ContentEnum": "sessions.models.Recording.Content",
        "RecordingStatusEnum": "sessions.models.Recording.Status",
        "VideoAnalysisStatusEnum": "sessions.videos.models.VideoAnalysis.Status",
    },
}

# --- What a page may load: only our own origin, and S3 where media lives there -------------

_media_origins = []
if S3_BUCKET:
    # boto3's own default, where no other endpoint is named.
    _media_origins = [S3_ENDPOINT_URL or f"https://{S3_BUCKET}.s3.amazonaws.com"]
    if not S3_ENDPOINT_URL:
        _media_origins.append(
            f"https://{S3_BUCKET}.s3.{env.str('S3_REGION', default='*')}.amazonaws.com"
        )
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # WebAssembly.compile needs its own word; the inline import map carries the nonce.
        "script-src": [SELF, "'wasm-unsafe-eval'", NONCE],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF, *_media_origins],
        "img-src": [SELF, "data:", "blob:", *_media_origins],
        "media-src": [SELF, "blob:", *_media_origins],
        "style-src": [SELF],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

# --- Studio (Django admin with unfold) -----------------------------------------------------

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "pers.coach",
    "SITE_HEADER": "pers.coach",
    "SITE_SUBHEADER": _("Studio"),
    "SITE_SYMBOL": "exercise",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/icon.svg")}
    ],
    "THEME": "dark",
    "BORDER_RADIUS": "10px",
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("css/studio.css")],
    "SCRIPTS": [lambda request: static("js/studio/polling.js")],
    "DASHBOARD_CALLBACK": "perscoach.studio.dashboard",
    "SIDEBAR": {"navigation": "perscoach.studio.navigation"},
    "COLORS": {
        # The ground of the whole product, #0a0a0f to #1a1a2e, and its greys.
        "base": {
            "50": "#f7f7fa",
            "100": "#f2f3f7",
            "200": "#dcdee8",
            "300": "#c9ccd8",
            "400": "#a4a8ba",
            "500": "#8a8f98",
            "600": "#5a5d72",
            "700": "#3a3b52",
            "800": "#26273c",
            "900": "#12121c",
            "950": "#0a0a0f",
        },
        "primary": {
            "50": "#e6fff3",
            "100": "#ccffe7",
            "200": "#99ffcf",
            "300": "#66ffb8",
            "400": "#33ffa0",
            "500": "#00ff88",
            "600": "#00ff88",
            "700": "#00b360",
            "800": "#008045",
            "900": "#00552e",
            "950": "#00331c",
        },
    },
}

# --- Log -----------------------------------------------------------------------------------

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

"""Django settings, derived from the one configuration (apps.core.config)."""

from typing import Any

import django_stubs_ext

from apps.core import config
from clawdbot_site import celery as _celery  # noqa: F401  shared tasks bind to this application
from clawdbot_site.api_description import API_DESCRIPTION
from clawdbot_site.databases import database
from clawdbot_site.public_address import public_address
from clawdbot_site.secret_key import secret_key
from clawdbot_site.static_storage import IMMUTABLE
from clawdbot_site.unfold_settings import UNFOLD  # noqa: F401  a setting like those below

django_stubs_ext.monkeypatch()  # lets admin classes and forms name their model as a type

CONFIG = config.load()
BASE_DIR = config.REPOSITORY
DATA_DIR = CONFIG.data_dir
SECRET_KEY = secret_key(CONFIG)
DEBUG = False
PUBLIC_ADDRESS = public_address(CONFIG.service)
ALLOWED_HOSTS = PUBLIC_ADDRESS.hosts
CSRF_TRUSTED_ORIGINS = PUBLIC_ADDRESS.trusted_origins

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "clawdbot_site.lazy_admin.LazyAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "apps.core",
    "apps.accounts",
    "apps.modelhub",
    "apps.knowledge",
    "apps.retrieval",
    "apps.generation",
    "apps.evaluation",
    "apps.ops",
    "ingest",
    "apps.api",
    "apps.gateway",
    "apps.portal",
]

MIDDLEWARE = [
    "apps.core.client_address.ClientAddress",
    "apps.core.request_ids.RequestIds",
    "clawdbot_site.probes.Probes",
    "clawdbot_site.own_hosts.OwnHosts",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.ops.ledger.middleware.RequestLedger",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.ops.anomalies.restricting.Restrictions",
    "apps.accounts.preferred_language.PreferredLanguage",
    "apps.accounts.sign_in.SignInPause",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "clawdbot_site.urls"
WSGI_APPLICATION = "clawdbot_site.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "apps/core/templates"],  # before those of unfold
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.portal.shell.shell",
            ],
        },
    },
]

DATABASES = {"default": database(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
LANGUAGE_CODE = "en" if CONFIG.service.language == "auto" else CONFIG.service.language
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = CONFIG.service.time_zone
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "clawdbot_site.static_storage.StaticFiles"},
}
WHITENOISE_IMMUTABLE_FILE_TEST = IMMUTABLE
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_HANDLERS = [
    "clawdbot_site.upload_limit.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

SECURE_PROXY_SSL_HEADER = PUBLIC_ADDRESS.https_header
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PUBLIC_ADDRESS.is_https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"bugs": {"()": "apps.core.request_ids.OnlyBugs"}},
    "loggers": {"django.request": {"filters": ["bugs"]}},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.JsonParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.api.pagination.PageNumber",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "apps.api.exceptions.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Clawdbot",
    "DESCRIPTION": API_DESCRIPTION,
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.api.schema.add_errors",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "persistAuthorization": True,
        "defaultModelsExpandDepth": 0,  # the hundred schemas stand folded below the calls
    },
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

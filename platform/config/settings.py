"""Django settings. Everything that differs between installations comes from the environment."""

import os
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from config.env import read_environment

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = read_environment(os.environ)

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "core",
    "annotations",
    "training",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database(url: str) -> dict[str, Any]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": parts,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database(ENVIRONMENT.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "annotations.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "annotations.accounts.passwords.LongEnough"},
    {"NAME": "annotations.accounts.passwords.NotCommon"},
    {"NAME": "annotations.accounts.passwords.NotLikeUser"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "/static/"
# Django's own static files are served from their packages: nothing has to be collected.
STATIC_ROOT = None
FRONTEND_DIST = ROOT / "frontend" / "dist"
# The built front end is served from the site's root: /assets/... with content hashes in names.
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Not cached: each process would keep its own copy, and signing out would not reach the others.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
# Only where a proxy is known to set it: otherwise anybody could claim to come by https.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None

# Files beyond this go to disk while they are read, so that memory stays small.
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 << 20
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 64 << 20

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "annotations.accounts.authentication.BearerAuthentication",
        "annotations.accounts.authentication.PageSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StorableJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.handle_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Cytoloop",
    "DESCRIPTION": "Label cell images, learn from them, and ask for what teaches the most.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "LabRoleEnum": "annotations.accounts.models.LabRole",
        "ProjectRoleEnum": "annotations.projects.models.ProjectRole",
        "FileRoleEnum": "annotations.images.serializers.ROLES",
        "AnnotationStateEnum": "annotations.labels.models.AnnotationState",
        "SampleStateEnum": "annotations.projects.models.SampleState",
        "JobStateEnum": "core.jobs.models.JobState",
        "ModelStateEnum": "training.model_registry.models.ModelState",
        "DimensionKindEnum": "training.search.serializers.DIMENSION_KINDS",
        "SettingsKindEnum": "training.runs.models.SettingsSource",
        "StartKindEnum": "training.runs.models.StartKind",
        "SearchStateEnum": "training.search.models.SearchState",
        "TrialStateEnum": "training.search.models.TrialState",
        "RoundStateEnum": "training.active_learning.models.RoundState",
        "FigureKindEnum": "training.runs.serializers.FIGURE_KINDS",
        "KindEnum": "annotations.labels.models.OperationKind",
    },
}

STORAGE_URL = ENVIRONMENT.storage_url

# Registries whose keys a project's policies may name.
POLICY_CHOICES = {
    "consensus_method": "annotations.crowdsourcing.consensus.CONSENSUS_METHODS",
    "strategy": "training.acquisition.ACQUISITIONS",
}

CELERY_BROKER_URL = ENVIRONMENT.broker_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "io"
# The row decides who runs a job, so a message is acknowledged as soon as it is taken.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "core.sweep_jobs", "schedule": 10.0, "options": {"expires": 10}},
    "expire-leases": {
        "task": "annotations.expire_leases",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "fail-lost-images": {
        "task": "annotations.fail_lost_images",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "find-old-logs": {
        "task": "annotations.find_old_logs",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "drop-forgotten-uploads": {
        "task": "training.drop_forgotten_uploads",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "drop-idle-folders": {
        "task": "training.drop_idle_folders",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "advance-rounds": {
        "task": "training.advance_rounds",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "advance-searches": {
        "task": "training.advance_searches",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
}

JOB_SENDER = "config.celery.send_job"
JOB_HEARTBEAT_SECONDS = 5.0
JOB_DEAD_AFTER_SECONDS = 30.0
JOB_RESEND_AFTER_SECONDS = 60.0

# A request for a prediction waits for its answer up to this many million pixels and seconds; what
# takes longer is a job that one asks about. Few may wait at once: each holds a thread of the web.
PREDICT_SYNC_MEGAPIXELS = 16.0
PREDICT_WAIT_SECONDS = 20.0
PREDICT_MOST_WAITING = 3
PREDICT_MOST_PER_MINUTE = 120
# Jobs of one batch that wait or run at the same time.
PREDICT_BATCH_PARALLEL = 4

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}

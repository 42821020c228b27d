"""Django app of the parts that every other app builds on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Jobs, audit trail, storage and API plumbing."""

    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

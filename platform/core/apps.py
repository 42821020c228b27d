"""Django app of the parts that every other app builds on."""

from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Jobs, audit trail, storage and API plumbing."""

    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the OpenAPI extensions known; they register themselves when they are loaded."""
        import_module("core.api.openapi")

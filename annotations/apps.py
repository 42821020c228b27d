"""Django app of everything from pictures to ground truth."""

from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    """Accounts, pictures, projects, labels, the crowd and its review."""

    name = "annotations"
    default_auto_field = "django.db.models.BigAutoField"

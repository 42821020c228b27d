"""Django app of everything that learns."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Snapshots, runs, models and the active-learning loop."""

    name = "training"
    default_auto_field = "django.db.models.BigAutoField"

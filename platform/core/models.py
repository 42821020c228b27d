"""Facade: Django finds the app's models here."""

from core.audit import AuditEvent
from core.jobs.models import Job, JobState

__all__ = ["AuditEvent", "Job", "JobState"]

"""Settings of the test suite: the real ones, with cheap passwords."""

import os

from config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
JOB_HEARTBEAT_SECONDS = 0.5
JOB_DEAD_AFTER_SECONDS = 3.0
JOB_RESEND_AFTER_SECONDS = 3.0

if os.environ.get("CYTOLOOP_NO_MIGRATIONS") == "1":
    # Users refer to Django's own groups, so none of the apps may need migrating.
    MIGRATION_MODULES = {
        app.rsplit(".", 1)[-1]: None
        for app in INSTALLED_APPS  # noqa: F405
    }
# No worker runs beside a test: waiting for one would only take time.
PREDICT_WAIT_SECONDS = 0.0
# Nor does anybody wait long for what is looked after now and then.
for _name in ("sweep-jobs", "advance-rounds", "advance-searches"):
    CELERY_BEAT_SCHEDULE[_name]["schedule"] = 1.0  # noqa: F405

"""Working folders of trainings that failed or were cancelled, and that nobody came back to."""

from core.jobs.models import LIVE_STATES, Job
from training.active_learning.trials import TRIAL_JOB as ARM_JOB
from training.runs.services import RUN_JOB
from training.search.models import Search, SearchState
from training.snapshots.workspace import drop_idle
from training.starts.services import COMPARE_JOB, PRETRAIN_JOB

# Jobs by the folder that they work in, which is named by the job's subject.
JOBS = {
    "runs": RUN_JOB,
    "pretrainings": PRETRAIN_JOB,
    "comparisons": COMPARE_JOB,
    "trials": ARM_JOB,
}


def drop_idle_folders() -> int:
    """Remove the folders that nothing works in and that were left a week ago; return how many."""
    dropped = 0
    for purpose, kind in JOBS.items():
        live = Job.objects.filter(kind=kind, state__in=LIVE_STATES)
        dropped += drop_idle(purpose, keep=set(live.values_list("subject", flat=True)))
    # The trials of a search share its folder.
    running = Search.objects.filter(state=SearchState.RUNNING).values_list("pk", flat=True)
    return dropped + drop_idle("searches", keep={str(pk) for pk in running})

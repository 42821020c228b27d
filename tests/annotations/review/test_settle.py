"""Answers become ground truth by rule, or wait for a reviewer."""

import numpy as np
import pytest
from django.utils import timezone

from annotations.crowdsourcing import services as crowd
from annotations.labels import services as labels
from annotations.labels.services import SubmittedAnswer
from annotations.models import Annotation, Assignment, Consensus, GroundTruth, Sample
from annotations.review import services
from annotations.review.selectors import list_ground_truths
from annotations.tasks import compute_consensus
from core.models import Job
from tests.factories import (
    HEIGHT,
    WIDTH,
    join_project,
    make_mask,
    make_project,
    make_queued_sample,
    make_sample,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def answer(project, user, *, class_index=None, boxes=None):
    """Claim and answer the next sample; boxes are (y0, y1, x0, x1)."""
    (item,) = crowd.serve_next(project, user, now=NOW).items
    draft = item.annotation
    if boxes is not None:
        stack = np.zeros((1, 1, HEIGHT, WIDTH), np.uint32)
        for number, (y0, y1, x0, x1) in enumerate(boxes, start=1):
            stack[..., y0:y1, x0:x1] = number
        Annotation.objects.filter(pk=draft.pk).update(
            start_key=labels.put_labels(draft.sample, stack)
        )
    sent = SubmittedAnswer(seconds=2, class_index=class_index)
    return services.submit_annotation(draft, user, answer=sent, now=timezone.now())


def run_jobs():
    jobs = list(Job.objects.filter(state="queued", kind=services.CONSENSUS_JOB))
    for job in jobs:
        for _ in range(2):  # twice is harmless
            compute_consensus(str(job.pk))
    return len(jobs)


def state(sample):
    sample.refresh_from_db()
    return sample.state


CELLS = [(2, 8, 3, 12), (10, 20, 20, 34)]
MOVED = [(2, 8, 3, 13), (10, 20, 20, 34)]
OTHER = [(14, 22, 2, 9)]


def vote_on_classes(votes, **policy):
    project = make_project(
        task_kind="classification", classes=("a", "b"), overlap=len(votes), **policy
    )
    sample = make_queued_sample(project)
    for index in votes:
        answer(project, join_project(project), class_index=index)
    return sample


@pytest.mark.parametrize(
    ("votes", "policy", "wanted"),
    [
        ([1], {"accept_rule": "single"}, "accepted"),
        ([1, 2, 2], {"accept_rule": "single"}, "accepted"),
        ([1, 2], {"accept_rule": "single"}, "in_review"),
        ([1, 2, 2], {"accept_rule": "agreement", "accept_threshold": 0.8}, "in_review"),
        ([1, 2, 2], {"accept_rule": "agreement", "accept_threshold": 0.6}, "accepted"),
        ([1, 2], {"accept_rule": "agreement", "accept_threshold": 0.5}, "in_review"),
        ([1], {"accept_rule": "agreement", "accept_threshold": 0.0}, "in_review"),
        ([2, 2], {"accept_rule": "reviewer"}, "in_review"),
    ],
    ids=lambda value: value.get("accept_rule") if isinstance(value, dict) else str(value),
)
def test_classes_are_accepted_by_rule(votes, policy, wanted):
    sample = vote_on_classes(votes, **policy)
    assert state(sample) == wanted
    truth = GroundTruth.objects.filter(sample=sample).first()
    assert (truth is not None) == (wanted == "accepted")
    if truth is not None:
        assert (truth.class_index, truth.source, truth.version) == (votes[-1], "consensus", 1)
    assert Consensus.objects.get().annotations.count() == len(votes)


def test_outlines_that_agree_are_accepted_by_a_job():
    project = make_project(overlap=2, accept_rule="agreement", accept_threshold=0.9)
    sample = make_queued_sample(project)
    answer(project, join_project(project), boxes=CELLS)
    assert run_jobs() == 0
    answer(project, join_project(project), boxes=MOVED)
    assert state(sample) == "answered"
    assert run_jobs() == 1
    assert state(sample) == "accepted"
    assert sample.agreement == 1.0
    truth = GroundTruth.objects.get(sample=sample)
    assert truth.n_objects == 2
    assert truth.object_classes == {"1": 1, "2": 1}
    stack = services.get_ground_truth_labels(sample)
    assert (stack > 0).sum() == sum((b - a) * (d - c) for a, b, c, d in CELLS)


def test_outlines_that_differ_wait_for_a_reviewer():
    project = make_project(overlap=2, accept_rule="agreement")
    sample = make_queued_sample(project)
    for boxes in (CELLS, OTHER):
        answer(project, join_project(project), boxes=boxes)
    run_jobs()
    assert state(sample) == "in_review"
    assert sample.agreement == 0.0
    found = Consensus.objects.get().objects_found
    assert [item["is_disputed"] for item in found] == [True] * 3
    assert (found[0]["x"], found[0]["y"]) == (7.0, 4.5)


def test_answers_that_come_during_the_work_are_taken_in(monkeypatch):
    project = make_project(overlap=2, accept_rule="reviewer")
    sample = make_queued_sample(project)
    for boxes in (CELLS, MOVED):
        answer(project, join_project(project), boxes=boxes)
    late = join_project(project)
    fuse, calls = crowd.fuse, []

    def fuse_slowly(of, votes):
        fused = fuse(of, votes)
        if not calls:
            Annotation.objects.create(
                sample=sample, user=late, state="submitted", extra_vote=True, submitted_at=NOW
            )
        calls.append(len(votes))
        return fused

    monkeypatch.setattr(crowd, "fuse", fuse_slowly)
    run_jobs()
    assert calls == [2, 3]
    assert Consensus.objects.get().annotations.count() == 3


class TestReview:
    @pytest.fixture
    def project(self):
        return make_project(overlap=2, accept_rule="reviewer")

    @pytest.fixture
    def reviewer(self, project):
        return join_project(project, role="reviewer")

    @pytest.fixture
    def sample(self, project):
        sample = make_queued_sample(project)
        for boxes in (CELLS, OTHER):
            answer(project, join_project(project), boxes=boxes)
        run_jobs()
        sample.refresh_from_db()
        return sample

    def test_accepting_the_consensus(self, sample, reviewer):
        truth = services.accept(sample, reviewer, note="fine")
        assert state(sample) == "accepted"
        assert (truth.source, truth.accepted_by, truth.n_objects) == ("review", reviewer, 3)
        review = sample.reviews.get()
        assert (review.decision, review.note, review.ground_truth) == ("accept", "fine", truth)

    def test_accepting_one_answer(self, sample, reviewer):
        other = sample.annotations.order_by("created_at").last()
        truth = services.accept_answer(sample, reviewer, annotation_id=other.pk)
        assert (truth.annotation, truth.key, truth.n_objects) == (other, other.key, 1)

    def test_versions_are_kept_and_one_is_current(self, sample, reviewer):
        services.accept(sample, reviewer)
        second = services.accept_answer(
            sample, reviewer, annotation_id=sample.annotations.first().pk
        )
        assert list(
            sample.ground_truths.order_by("version").values_list("version", "is_current")
        ) == [(1, False), (2, True)]
        assert list(list_ground_truths(sample.project, splits=["train"])) == [second]
        assert not list_ground_truths(sample.project, splits=["test"]).exists()

    def test_sending_one_answer_back(self, sample, reviewer, project):
        answers = list(sample.annotations.order_by("created_at"))
        services.send_back(
            sample, reviewer, annotation_ids=[answers[1].pk], note="two cells missed"
        )
        assert (state(sample), sample.open_slots) == ("queued", 1)
        (item,) = crowd.serve_next(project, answers[1].user, now=NOW).items
        assert (item.annotation, item.annotation.note) == (answers[1], "two cells missed")
        assert crowd.serve_next(project, answers[0].user, now=NOW).items == ()
        answer(project, answers[1].user, boxes=CELLS)
        run_jobs()
        assert (state(sample), sample.agreement) == ("in_review", 1.0)
        assert Annotation.objects.get(pk=answers[1].pk).seconds == 4

    def test_sending_all_back(self, sample, reviewer, project):
        services.accept(sample, reviewer)
        services.send_back(sample, reviewer)
        assert (state(sample), sample.open_slots, sample.agreement) == ("queued", 2, None)
        assert services.get_ground_truth_labels(sample) is None
        assert set(Assignment.objects.values_list("state", flat=True)) == {"returned"}
        newcomer = join_project(project)
        assert crowd.serve_next(project, newcomer, now=NOW).items

    def test_correcting(self, sample, reviewer):
        draft = services.correct(sample, reviewer)
        assert services.correct(sample, reviewer) == draft
        consensus = Consensus.objects.get()
        assert (draft.start_key, draft.object_classes) == (consensus.key, {"1": 1, "2": 1, "3": 1})
        for _ in range(2):
            services.submit_annotation(draft, reviewer, answer=SubmittedAnswer(seconds=3), now=NOW)
        truth = GroundTruth.objects.get(sample=sample)
        assert (truth.source, truth.annotation, truth.key) == ("review", draft, consensus.key)
        assert sample.reviews.get().decision == "correct"
        assert state(sample) == "accepted"
        # A correction has no vote; the next one starts from the ground truth.
        assert len(crowd.list_votes(sample)) == 2
        assert services.correct(sample, reviewer).start_key == truth.key


def test_importing_ground_truth():
    sample = make_sample(make_project())
    mask = make_mask()[None, None]
    truth = services.import_ground_truth(sample, labels=mask)
    assert (truth.source, truth.n_objects) == ("import", 2)
    assert truth.object_classes == {"1": 1, "2": 1}
    assert state(sample) == "accepted"
    np.testing.assert_array_equal(services.get_ground_truth_labels(sample), mask)


def test_importing_classes():
    project = make_project(classes=("a", "b"))
    sample = make_sample(project)
    truth = services.import_ground_truth(
        sample, labels=make_mask()[None, None], object_classes={2: 2}
    )
    assert truth.object_classes == {"2": 2}
    sample = make_sample(make_project(task_kind="classification"))
    assert services.import_ground_truth(sample, class_index=1).class_index == 1
    assert Sample.objects.filter(state="accepted").count() == 2

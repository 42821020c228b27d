"""The log of edit operations: stored once, in order, and always adding up to what was drawn."""

import uuid

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.labels import services, wire
from annotations.labels.operations import OperationInput
from annotations.labels.selectors import get_stack
from annotations.labels.services import log
from annotations.models import Annotation, EditOperation
from core.errors import DomainError
from tests.factories import (
    HEIGHT,
    WIDTH,
    make_annotation,
    make_image,
    make_mask,
    make_project,
    make_sample,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stack_sample():
    return make_sample(make_project(classes=("a", "b")), make_image(size_t=2, size_z=3))


@pytest.fixture
def draft(stack_sample):
    return make_annotation(stack_sample)


def paint(label=1, *, t=0, z=0, rows=(1, 3), columns=(2, 9), kind="patch", payload=None):
    before = np.zeros((HEIGHT, WIDTH), np.uint32)
    after = before.copy()
    # Label 0 is written too: the patch is made against a plane that differs everywhere.
    before[slice(*rows), slice(*columns)] = label + 1
    after[slice(*rows), slice(*columns)] = label
    patch = wire.encode_patch(before, after)
    return OperationInput(uuid.uuid4(), kind, t=t, z=z, patch=patch, payload=payload or {})


def labels_of(draft):
    return get_stack(Annotation.objects.select_related("sample__image").get(pk=draft.pk)).array()


def store(draft, *batch, base):
    return services.store_operations(draft.pk, base_version=base, batch=batch)


STROKES = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 1),
        st.integers(0, 2),
        st.integers(0, HEIGHT - 4),
        st.integers(1, 4),
        st.integers(0, WIDTH - 9),
        st.integers(1, 9),
    ),
    max_size=12,
)


@given(strokes=STROKES, batches=st.integers(1, 4), every=st.integers(1, 5))
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_the_log_adds_up_to_what_was_drawn(stack_sample, strokes, batches, every):
    annotation = Annotation.objects.create(
        sample=stack_sample, user=make_annotation(stack_sample).user, is_correction=True
    )
    oracle = np.zeros((2, 3, HEIGHT, WIDTH), np.uint32)
    operations = []
    for label, t, z, y, height, x, width in strokes:
        oracle[t, z, y : y + height, x : x + width] = label
        operations.append(paint(label, t=t, z=z, rows=(y, y + height), columns=(x, x + width)))
    old = log.CHECKPOINT_EVERY
    log.CHECKPOINT_EVERY = every
    try:
        done = 0
        for part in np.array_split(np.arange(len(operations)), batches):
            batch = [operations[k] for k in part]
            stored = store(annotation, *batch, base=done)
            done += len(batch)
            assert stored.version == done
    finally:
        log.CHECKPOINT_EVERY = old
    np.testing.assert_array_equal(labels_of(annotation), oracle)


def test_a_repeat_is_stored_once_and_answered_the_same(draft):
    batch = [paint(1), paint(2, rows=(5, 8))]
    first = store(draft, *batch, base=0)
    assert store(draft, *batch, base=0) == first
    assert first.version == 2
    third = paint(3, rows=(9, 10))
    assert store(draft, *batch, third, base=0).version == 3
    assert list(EditOperation.objects.order_by("seq").values_list("op_id", flat=True)) == [
        operation.op_id for operation in (*batch, third)
    ]


def test_other_peoples_operations_make_a_conflict(draft):
    mine, theirs = paint(1), paint(2)
    store(draft, mine, base=0)
    store(draft, theirs, base=1)
    with pytest.raises(DomainError) as caught:
        store(draft, mine, paint(3), base=0)
    assert (caught.value.code, caught.value.status) == ("version_conflict", 409)
    assert caught.value.extra == {"version": 2, "applied": [str(mine.op_id)]}
    assert EditOperation.objects.count() == 2
    assert store(draft, paint(3), base=2).version == 3


def test_a_client_that_is_ahead_must_load_again(draft):
    with pytest.raises(DomainError) as caught:
        store(draft, paint(1), base=4)
    assert caught.value.code == "version_conflict"


def test_bad_operations_leave_nothing_behind(draft):
    outside = paint(1, z=3)
    broken = OperationInput(uuid.uuid4(), "patch", patch=b"\xff")
    unknown = OperationInput(uuid.uuid4(), "class", payload={"object": 1, "class_index": 3})
    for bad, code in ((outside, "bad_patch"), (broken, "bad_patch"), (unknown, "unknown_class")):
        with pytest.raises(DomainError) as caught:
            store(draft, paint(1), bad, base=0)
        assert caught.value.code == code
    assert not EditOperation.objects.exists()


def test_classes_are_set_changed_and_taken_away(draft):
    def name(number, index, kind="class"):
        return OperationInput(uuid.uuid4(), kind, payload={"object": number, "class_index": index})

    store(draft, paint(7, payload={"object": 7, "class_index": 1}), name(7, 2), name(8, 1), base=0)
    store(draft, name(8, None, kind="undo"), base=3)
    draft.refresh_from_db()
    assert draft.object_classes == {"7": 2}


def test_undo_is_no_new_work(draft):
    store(draft, paint(1), paint(0, kind="undo"), paint(1, kind="redo"), base=0)
    draft.refresh_from_db()
    assert (draft.version, draft.n_operations) == (3, 1)


def test_a_submitted_answer_is_closed(draft):
    operation = paint(1)
    store(draft, operation, base=0)
    Annotation.objects.update(state="submitted")
    assert store(draft, operation, base=0).version == 1
    with pytest.raises(DomainError) as caught:
        store(draft, paint(2), base=1)
    assert caught.value.code == "annotation_submitted"


def test_drafts_start_from_the_newest_proposal(stack_sample):
    user = make_annotation(make_sample(stack_sample.project)).user
    start = np.zeros((2, 3, HEIGHT, WIDTH), np.uint32)
    services.put_proposal(stack_sample, source="old", labels=start)
    start[1, 2] = make_mask()
    newest = services.put_proposal(
        stack_sample, source="new", labels=start, objects=[{"id": 1, "class_index": 2}]
    )
    draft = services.open_draft(stack_sample, user)
    assert (draft.shown_proposal, draft.object_classes) == (newest, {"1": 2})
    np.testing.assert_array_equal(labels_of(draft), start)
    store(draft, paint(5, t=1, z=2), base=0)
    start[1, 2, 1:3, 2:9] = 5
    np.testing.assert_array_equal(labels_of(draft), start)
    services.put_proposal(stack_sample, source="too late", labels=start)
    assert services.open_draft(stack_sample, user) == draft


def test_labels_of_another_size_are_refused(stack_sample):
    with pytest.raises(DomainError) as caught:
        services.put_proposal(stack_sample, source="x", labels=make_mask()[None, None])
    assert caught.value.code == "bad_labels"


def test_a_region_has_labels_of_its_own_size():
    sample = make_sample(image=make_image(size_z=3), z=1, y0=2, x0=5, y1=9, x1=30)
    annotation = make_annotation(sample)
    assert labels_of(annotation).shape == (1, 1, 7, 25)

"""What every consensus method promises, and what the majority decides in hand-made cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.crowdsourcing.agreement import krippendorff_alpha
from annotations.crowdsourcing.consensus import CONSENSUS_METHODS
from annotations.crowdsourcing.consensus.base import InstanceAnswer
from annotations.crowdsourcing.consensus.matching import number_objects, overlap_tables, pairwise_f1
from annotations.labels.planes import LabelStack, stack_of

SHAPE = (1, 1, 16, 28)
every_method = pytest.mark.parametrize("method", CONSENSUS_METHODS.values(), ids=CONSENSUS_METHODS)


def draw(*boxes, shape=SHAPE):
    """Boxes (label, y0, y1, x0, x1[, plane slices]) as a label image."""
    labels = np.zeros(shape, np.uint32)
    for label, y0, y1, x0, x1, *planes in boxes:
        labels[(*(planes or [slice(None), slice(None)]), slice(y0, y1), slice(x0, x1))] = label
    return labels


def answer(*boxes, classes=None, shape=SHAPE):
    return InstanceAnswer(stack_of(draw(*boxes, shape=shape)), classes or {})


def same_objects(one, other):
    """Whether two label images show the same objects, whatever their ids."""
    one, other = (
        image.array() if isinstance(image, LabelStack) else image for image in (one, other)
    )
    pairs = np.unique(np.stack([one.ravel(), other.ravel()]), axis=1)
    return all(len(set(side)) == pairs.shape[1] for side in pairs)


LEFT, RIGHT = (1, 2, 8, 3, 10), (2, 4, 12, 15, 22)


@every_method
class TestEveryMethod:
    def test_one_person_is_the_consensus(self, method):
        fused = method.fuse_instances([answer((7, 2, 8, 3, 10), (40, 4, 12, 15, 22))])
        assert same_objects(fused.labels, draw(LEFT, RIGHT))
        assert fused.agreement is None
        assert method.fuse_classes([3]).class_index == 3
        assert method.fuse_classes([3]).agreement is None

    @pytest.mark.parametrize("people", [2, 3, 5])
    def test_people_who_agree_are_right(self, method, people):
        answers = [
            answer((7 + k, 2, 8, 3, 10), (40 - k, 4, 12, 15, 22), classes={7 + k: 2, 40 - k: 1})
            for k in range(people)
        ]
        fused = method.fuse_instances(answers)
        assert same_objects(fused.labels, draw(LEFT, RIGHT))
        assert fused.labels.array().dtype == np.uint32
        assert (fused.agreement, fused.confidence) == (1.0, 1.0)
        assert [(item.id, item.votes, item.is_disputed) for item in fused.objects] == [
            (1, people, False),
            (2, people, False),
        ]
        plane = fused.labels.plane(0, 0)
        inside = {int(plane[3, 4]): 2, int(plane[6, 16]): 1}
        assert {item.id: item.class_index for item in fused.objects} == inside
        agreed = method.fuse_classes([2] * people)
        assert (agreed.class_index, agreed.agreement, agreed.is_undecided) == (2, 1.0, False)

    def test_nothing_drawn(self, method):
        fused = method.fuse_instances([answer(), answer(), answer()])
        assert not fused.labels.array().any()
        assert (fused.objects, fused.agreement, fused.confidence) == ((), 1.0, 1.0)

    def test_one_against_two(self, method):
        fused = method.fuse_instances([answer(LEFT), answer(LEFT), answer(LEFT, RIGHT)])
        assert same_objects(fused.labels, draw(LEFT))
        fused = method.fuse_instances([answer(LEFT), answer(RIGHT, LEFT), answer(LEFT, RIGHT)])
        assert same_objects(fused.labels, draw(LEFT, RIGHT))
        assert sorted(item.is_disputed for item in fused.objects) == [False, True]

    def test_stacks_and_movies(self, method):
        shape = (2, 3, 16, 28)
        first = draw((1, 2, 8, 3, 10, slice(0, 1), slice(0, 2)), shape=shape)
        second = draw((1, 4, 12, 15, 22, slice(1, 2), slice(1, 3)), shape=shape)
        fused = method.fuse_instances(
            [
                InstanceAnswer(stack_of(first + 2 * second)),
                InstanceAnswer(stack_of(5 * first + second)),
            ]
        )
        assert same_objects(fused.labels, first + 2 * second)

    @given(data=st.data())
    @settings(max_examples=40)
    def test_any_answers_make_sound_labels(self, method, data):
        box = st.tuples(st.integers(1, 4), st.integers(0, 8), st.integers(0, 20), st.integers(2, 8))
        people = data.draw(st.lists(st.lists(box, max_size=5), min_size=1, max_size=4))
        answers = [
            answer(*((label, y, y + size, x, x + size) for label, y, x, size in boxes))
            for boxes in people
        ]
        fused = method.fuse_instances(answers)
        again = method.fuse_instances(answers)
        assert fused.labels.to_bytes() == again.labels.to_bytes()
        assert fused.objects == again.objects
        ids = sorted(set(fused.labels.object_ids().tolist()) - {0})
        assert ids == [item.id for item in fused.objects] == list(range(1, len(ids) + 1))
        drawn = np.any([one.labels.array() > 0 for one in answers], axis=0)
        assert not fused.labels.array()[~drawn].any()
        assert 0 <= fused.confidence <= 1
        assert all(1 <= item.votes <= len(answers) for item in fused.objects)


MAJORITY = CONSENSUS_METHODS["majority"]


def test_most_votes_win_and_ties_are_undecided():
    assert MAJORITY.fuse_classes([2, 1, 1]).class_index == 1
    assert MAJORITY.fuse_classes([2, 1, 1]).agreement == pytest.approx(2 / 3)
    tied = MAJORITY.fuse_classes([3, 1])
    assert (tied.class_index, tied.agreement, tied.is_undecided) == (3, 0.5, True)


def test_a_pixel_goes_with_most_of_those_who_drew_the_object():
    narrow, wide = answer((1, 2, 8, 3, 10)), answer((1, 2, 8, 3, 12))
    for people, wanted in (([narrow, wide, wide], 12), ([wide, narrow, narrow], 10)):
        fused = MAJORITY.fuse_instances(people)
        assert same_objects(fused.labels, draw((1, 2, 8, 3, wanted)))


def test_two_outlines_are_not_merged():
    one, other = answer((1, 2, 8, 3, 10)), answer((1, 2, 8, 4, 12))
    assert same_objects(MAJORITY.fuse_instances([one, other]).labels, one.labels)
    assert same_objects(MAJORITY.fuse_instances([other, one]).labels, other.labels)


def test_what_half_of_the_people_drew_stays_and_is_disputed():
    fused = MAJORITY.fuse_instances([answer(LEFT, RIGHT), answer(LEFT)])
    assert same_objects(fused.labels, draw(LEFT, RIGHT))
    assert [(item.votes, item.is_disputed) for item in fused.objects] == [(2, False), (1, True)]


def test_two_who_split_win_over_one_who_merged():
    merged = answer((1, 2, 8, 3, 19))
    split = [answer((1, 2, 8, 3, 11), (2, 2, 8, 11, 19)) for _ in range(2)]
    fused = MAJORITY.fuse_instances([merged, *split])
    assert same_objects(fused.labels, split[0].labels)
    fused = MAJORITY.fuse_instances([split[0], merged, merged])
    assert same_objects(fused.labels, merged.labels)


def test_the_class_of_an_object_is_voted():
    classes = ({1: 2}, {1: 1}, {1: 1}, {})
    fused = MAJORITY.fuse_instances([answer(LEFT, classes=given) for given in classes])
    assert [(item.class_index, item.is_disputed) for item in fused.objects] == [(1, True)]


def test_people_who_see_nothing_alike_agree_on_nothing():
    fused = MAJORITY.fuse_instances([answer(LEFT), answer(RIGHT), answer((1, 12, 16, 2, 9))])
    assert not fused.labels.array().any()
    assert (fused.agreement, fused.confidence) == (0.0, 0.0)


def test_agreement_is_the_mean_f1_of_pairs():
    fused = MAJORITY.fuse_instances([answer(LEFT, RIGHT), answer(LEFT), answer()])
    # Pairs: 2*1/3, 0 and 0.
    assert fused.agreement == pytest.approx(2 / 9)


def test_overlaps_against_a_dense_oracle():
    rng = np.random.default_rng(3)
    left, right = (
        np.kron(rng.integers(0, 6, (5, 7)), np.ones((3, 4))).astype(np.uint32) for _ in range(2)
    )
    people = [number_objects(stack_of(image[None, None])) for image in (left, left, right)]
    tables = overlap_tables(people)
    table = tables[0, 2]
    found = {
        (int(a), int(b)): iou for a, b, iou in zip(table.left, table.right, table.iou, strict=True)
    }
    for a in range(1, 6):
        for b in range(1, 6):
            both, either = (left == a) & (right == b), (left == a) | (right == b)
            assert found.get((a, b), 0.0) == pytest.approx(both.sum() / either.sum())
    scores = pairwise_f1(people, tables)
    np.testing.assert_array_equal(scores, scores.T)
    assert scores[0, 1] == 1.0


def test_alpha_against_the_published_example():
    # K. Krippendorff (2011), section C: nominal data, four observers, twelve units, alpha 0.743.
    units = [
        [1, 1, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [5, 5, 5],
        [1, 1],
        [3],
    ]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)


def test_alpha_needs_overlap_and_two_classes():
    assert krippendorff_alpha([[1], [2]]) is None
    assert krippendorff_alpha([[1, 1], [1, 1]]) is None
    assert krippendorff_alpha([[1, 1], [2, 2]]) == 1.0
    assert krippendorff_alpha([[1, 2], [2, 1]]) < 0


def classes(*rows):
    return stack_of(np.array(rows, np.uint32)[None, None])


@every_method
class TestPixels:
    def test_one_person_is_the_consensus(self, method):
        image = classes([0, 1, 1], [2, 2, 0])
        fused = method.fuse_pixels([image], unpainted_counts=True)
        assert fused.classes == image
        assert (fused.agreement, fused.confidence) == (None, 1.0)
        assert [(m.class_index, m.votes) for m in fused.painted] == [(1, 1), (2, 1)]

    def test_the_majority_decides_each_pixel(self, method):
        answers = [
            classes([1, 1, 1, 0], [0, 2, 2, 0]),
            classes([1, 1, 0, 0], [0, 2, 1, 0]),
            classes([1, 0, 0, 0], [2, 2, 2, 0]),
        ]
        fused = method.fuse_pixels(answers, unpainted_counts=True)
        assert fused.classes == classes([1, 1, 0, 0], [0, 2, 2, 0])
        # Pairs: classes 1 and 2 have (2/4, 1/2), (1/3, 2/3), (1/3, 1/3).
        wanted = np.mean([(2 / 4 + 1 / 2) / 2, (1 / 3 + 2 / 3) / 2, (1 / 3 + 1 / 3) / 2])
        assert fused.agreement == pytest.approx(wanted)

    def test_a_tie_follows_who_agrees_best(self, method):
        answers = [
            classes([1, 1, 1, 1, 0], [2, 2, 0, 0, 0]),
            classes([1, 1, 1, 1, 2], [2, 2, 0, 0, 0]),
            classes([1, 1, 1, 0, 2], [2, 0, 0, 0, 0]),
            classes([0, 0, 0, 0, 0], [0, 2, 0, 0, 2]),
        ]
        # The last column of the first row is 2 against 2; the second person agrees best.
        fused = method.fuse_pixels(answers, unpainted_counts=True)
        assert fused.classes.plane(0, 0)[0, 4] == 2
        turned = method.fuse_pixels(answers[::-1], unpainted_counts=True)
        assert turned.classes == fused.classes

    def test_what_nobody_painted_is_no_vote_where_labels_are_partial(self, method):
        answers = [classes([1, 1, 0, 0]), classes([0, 2, 2, 0]), classes([0, 2, 0, 0])]
        fused = method.fuse_pixels(answers, unpainted_counts=False)
        assert fused.classes == classes([1, 2, 2, 0])
        # Compared on the one pixel that both painted: 1 against 2, 1 against 2, 2 and 2.
        assert fused.agreement == pytest.approx(1 / 3)
        apart = method.fuse_pixels([classes([1, 0]), classes([0, 2])], unpainted_counts=False)
        assert apart.agreement is None

    def test_nothing_painted_is_full_agreement(self, method):
        nothing = classes([0, 0, 0], [0, 0, 0])
        fused = method.fuse_pixels([nothing, nothing], unpainted_counts=True)
        assert (fused.painted, fused.agreement, fused.confidence) == ((), 1.0, 1.0)
        assert not fused.classes.array().any()

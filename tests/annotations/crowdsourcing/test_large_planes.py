"""Answers about large planes are compared and fused band by band, to the same result."""

import numpy as np
import pytest
from django.utils import timezone

from annotations.crowdsourcing import selectors, services
from annotations.crowdsourcing.consensus import CONSENSUS_METHODS
from annotations.crowdsourcing.consensus.base import InstanceAnswer
from annotations.crowdsourcing.consensus.cells import compare_cells
from annotations.labels.bands import Relabelled, bands_of
from annotations.labels.blocks import PackedBlocks
from annotations.labels.geometry import locate_objects
from annotations.labels.planes import stack_of
from annotations.labels.services import put_labels
from tests.factories import make_annotation, make_image, make_project, make_sample

# Not square; three rows of blocks, and cells lie across their seams.
SHAPE = (1, 2, 1100, 700)


def people(count=3):
    """Label images of people who draw most cells alike; some cells are moved or left out."""
    rng = np.random.default_rng(5)
    images = [np.zeros(SHAPE, np.uint32) for _ in range(count)]
    for cell in range(1, 60):
        z, y, x = rng.integers(0, 2), rng.integers(0, 1000), rng.integers(0, 600)
        height, width = rng.integers(20, 90, 2)
        for person, image in enumerate(images):
            dy, dx = rng.integers(-4, 5, 2)
            if rng.random() < 0.9:
                rows, columns = (
                    slice(max(y + dy, 0), y + dy + height),
                    slice(max(x + dx, 0), x + width),
                )
                image[0, z, rows, columns] = cell + 100_000 * person
    return images


@pytest.fixture
def in_blocks(monkeypatch):
    """Planes of any size are large, and none is unpacked as a whole."""

    def refuse(self):
        raise AssertionError("a large plane was unpacked")

    monkeypatch.setattr(PackedBlocks, "plane", refuse)

    def switch():
        monkeypatch.setattr("annotations.labels.bands.LARGEST_WHOLE_PIXELS", 1)

    return switch


def pixels_of(stack):
    """Unpack a label image by its bands."""
    return np.concatenate([stack.rows(band) for band in bands_of(stack.shape)])


@pytest.mark.slow
@pytest.mark.parametrize("method", CONSENSUS_METHODS.values(), ids=CONSENSUS_METHODS)
def test_fused_in_blocks_as_whole(method, in_blocks):
    images = people()
    classes = [{n: n % 2 + 1 for n in np.unique(image).tolist() if n} for image in images]

    def fuse():
        answers = [
            InstanceAnswer(stack_of(image), known)
            for image, known in zip(images, classes, strict=True)
        ]
        painted = [Relabelled(answer.labels, answer.classes) for answer in answers]
        pixels = method.fuse_pixels(painted, unpainted_counts=False)
        return method.fuse_instances(answers), compare_cells(answers), pixels

    whole, whole_cells, whole_pixels = fuse()
    assert len(whole.objects) > 30
    in_blocks()
    fused, cells, pixels = fuse()
    assert all(isinstance(plane, PackedBlocks) for plane in fused.labels.packed)
    np.testing.assert_array_equal(pixels_of(fused.labels), pixels_of(whole.labels))
    assert (fused.objects, fused.agreement) == (whole.objects, whole.agreement)
    assert cells == whole_cells
    np.testing.assert_array_equal(pixels_of(pixels.classes), pixels_of(whole_pixels.classes))
    assert (pixels.painted, pixels.agreement) == (whole_pixels.painted, whole_pixels.agreement)
    assert locate_objects(fused.labels) == locate_objects(whole.labels)


@pytest.mark.django_db
@pytest.mark.parametrize("task_kind", ["instance", "semantic"])
def test_the_consensus_of_a_large_sample(task_kind, in_blocks):
    in_blocks()
    project = make_project(task_kind=task_kind, overlap=2)
    image = make_image(size_z=2, size_y=SHAPE[2], size_x=SHAPE[3])
    sample = make_sample(project, image)
    for labels in people(2):
        classes = {str(n): 1 for n in np.unique(labels).tolist() if n}
        make_annotation(
            sample,
            key=put_labels(sample, labels),
            object_classes=classes,
            state="submitted",
            submitted_at=timezone.now(),
        )
    votes = services.list_votes(sample)
    for some in (votes, votes[:1]):
        services.store_consensus(services.fuse(sample, some), some)
        found = selectors.get_newest_consensus(sample)
        assert found.objects_found[0]["area"] > 0
    assert selectors.get_cell_agreement(sample).cell_agreement["n_cells"] > 0

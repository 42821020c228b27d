"""The factories make what they say."""

import pytest

from tests import factories


@pytest.mark.django_db
def test_factories_make_a_consistent_world():
    project = factories.make_project()
    sample = factories.make_queued_sample(project)
    annotation = factories.make_annotation(sample)

    assert sample.image.dataset.lab_id == project.lab_id
    assert sample.image.size_y != sample.image.size_x
    assert annotation.sample.open_slots == project.overlap == 1

"""How a person wants to see a data set's pictures: kept, apart from everybody else's."""

import pytest

from annotations.models import ProjectRole
from tests.factories import (
    client_for,
    join_project,
    make_dataset,
    make_lab,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db

CHANNEL = {
    "name": "DAPI",
    "color": "#0080ff",
    "window": "fixed",
    "low": 120.5,
    "high": 4000.0,
    "gamma": 0.8,
    "log": False,
    "invert": True,
    "on": True,
}
LOOK = {
    "dtype": "uint16",
    "lower": 0.02,
    "upper": 0.98,
    "channels": [CHANNEL],
    "grid_window": "crop",
}
NOTHING = {"dtype": "", "lower": 0.01, "upper": 0.998, "channels": [], "grid_window": "image"}


@pytest.fixture
def dataset():
    return make_dataset()


@pytest.fixture
def annotator(dataset):
    return join_project(
        make_project(dataset.lab, datasets=[dataset]), make_user(), ProjectRole.ANNOTATOR
    )


def address(dataset):
    return f"/api/v1/datasets/{dataset.pk}/display"


def test_it_is_kept_until_it_is_replaced(dataset, annotator):
    client = client_for(annotator)
    assert client.get(address(dataset)).json() == NOTHING
    for look in (LOOK, LOOK | {"channels": []}):
        kept = client.put(address(dataset), look)
        assert (kept.status_code, kept.json()) == (200, look)
        assert client.get(address(dataset)).json() == look


def test_it_is_one_persons_and_one_data_sets(dataset, annotator):
    other = make_dataset(dataset.lab)
    project = make_project(dataset.lab, datasets=[other, dataset])
    join_project(project, annotator, ProjectRole.ANNOTATOR)
    colleague = join_project(project, make_user(), ProjectRole.MANAGER)
    client_for(annotator).put(address(dataset), LOOK)
    assert client_for(annotator).get(address(other)).json() == NOTHING
    assert client_for(colleague).get(address(dataset)).json() == NOTHING


def test_a_stranger_is_told_of_no_data_set(dataset):
    stranger = client_for(make_lab().memberships.get().user)
    assert stranger.get(address(dataset)).status_code == 404
    assert stranger.put(address(dataset), LOOK).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"channels": [CHANNEL | {"color": "red"}]},
        {"channels": [CHANNEL | {"window": "wide"}]},
        {"channels": [CHANNEL | {"gamma": 0}]},
        {"channels": [CHANNEL | {"low": "nan"}]},
        {"channels": [CHANNEL] * 65},
        {"grid_window": "cell"},
        {"upper": 1.5},
    ],
)
def test_nonsense_is_refused(dataset, annotator, wrong):
    answer = client_for(annotator).put(address(dataset), LOOK | wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert client_for(annotator).get(address(dataset)).json() == NOTHING

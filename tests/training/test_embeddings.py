"""Where the newest scoring places samples, through the API."""

import pytest

from tests.factories import client_for, join_project, make_project, make_sample
from training.models import PoolScore, Round

pytestmark = pytest.mark.django_db


def score(project, number, vectors):
    round_ = Round.objects.create(
        project=project, number=number, state="done", strategy="random", batch_size=2, seed=1
    )
    for sample, vector in vectors.items():
        PoolScore.objects.create(round=round_, sample=sample, features={"embedding": vector})


def ask(project, user, samples):
    url = f"/api/v1/projects/{project.pk}/embeddings"
    return client_for(user).get(url, {"samples": samples})


def test_only_one_scoring_is_compared():
    project = make_project()
    a, b, c = (make_sample(project) for _ in range(3))
    score(project, 1, {a: [1, 2], b: [3, 4], c: [5, 6]})
    score(project, 2, {a: [0.5, -1], b: [2, 2]})
    user = join_project(project)
    found = ask(project, user, f"{a.pk},{b.pk},{c.pk}").json()
    assert found == {"round": 2, "vectors": {str(a.pk): [0.5, -1], str(b.pk): [2, 2]}}
    assert ask(project, user, f"{c.pk}").json() == {"round": 1, "vectors": {str(c.pk): [5, 6]}}


def test_samples_of_other_projects_and_unscored_ones():
    project, other = make_project(), make_project()
    strange = make_sample(other)
    score(other, 1, {strange: [1, 2]})
    user = join_project(project)
    found = ask(project, user, f"{strange.pk},{make_sample(project).pk}").json()
    assert found == {"round": None, "vectors": {}}


@pytest.mark.parametrize("samples", ["", "a", "1,,2", ",".join(map(str, range(101)))])
def test_what_makes_no_sense(samples):
    project = make_project()
    assert ask(project, join_project(project), samples).status_code == 400

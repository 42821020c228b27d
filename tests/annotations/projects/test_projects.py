"""Projects, their members, classes and policies."""

import pytest

from annotations.models import LabelClass, Project, Sample
from annotations.projects.services import sync_samples
from core.jobs.models import Job
from tests.factories import (
    client_for,
    join_lab,
    join_project,
    make_annotation,
    make_dataset,
    make_image,
    make_lab,
    make_project,
    make_queued_sample,
    make_sample,
    make_user,
)

pytestmark = pytest.mark.django_db

CLASSES = [{"name": "nucleus", "color": "#00ff00", "key": "1"}, {"name": "debris"}]


@pytest.fixture
def owner():
    return make_user()


@pytest.fixture
def lab(owner):
    return make_lab(owner)


@pytest.fixture
def client(owner):
    return client_for(owner)


def create(client, lab, **values):
    body = {"lab": lab.pk, "name": "Nuclei", "task_kind": "instance", "classes": CLASSES}
    return client.post("/api/v1/projects", body | values)


def patch(client, project, **values):
    return client.patch(f"/api/v1/projects/{project['id']}", values)


def test_a_new_project_has_sane_defaults_and_its_maker_as_manager(lab):
    member = join_lab(lab, make_user())
    dataset = make_dataset(lab)

    answer = create(client_for(member), lab, datasets=[dataset.pk])

    assert answer.status_code == 201
    body = answer.json()
    assert body["role"] == "manager"
    assert (body["lab"], body["lab_name"], body["datasets"]) == (lab.pk, lab.name, [dataset.pk])
    assert body["policy"] == {
        "overlap": 1,
        "lease_seconds": 900,
        "accept_rule": "single",
        "accept_threshold": 0.8,
        "consensus_method": "majority",
    }
    assert 0 < body["loop"]["control_fraction"] <= 1
    assert [(row["index"], row["name"], row["key"]) for row in body["classes"]] == [
        (1, "nucleus", "1"),
        (2, "debris", ""),
    ]
    assert Job.objects.get().kind == "annotations.sync_project"
    assert client_for(member).get(f"/api/v1/projects/{body['id']}").json() == body


def test_several_answers_have_to_agree(client, lab):
    policy = create(client, lab, overlap=3).json()["policy"]

    assert (policy["overlap"], policy["accept_rule"]) == (3, "agreement")


def test_an_instance_project_needs_no_classes(client, lab):
    body = create(client, lab, classes=[]).json()

    assert [row["name"] for row in body["classes"]] == ["cell"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"task_kind": "tracking"}, "kind_not_available"),
        ({"task_kind": "restoration"}, "kind_not_available"),
        ({"task_kind": "poetry"}, "invalid"),
        ({"sample_unit": "cell"}, "unit_does_not_fit"),
        ({"task_kind": "classification", "classes": CLASSES[:1]}, "too_few_classes"),
        ({"overlap": 0}, "invalid_policy"),
        ({"overlap": 51}, "invalid_policy"),
        ({"datasets": [999999]}, "no_such_dataset"),
        ({"classes": [{"name": "a"}, {"name": "A"}]}, "class_name_twice"),
        ({"classes": [{"name": "a", "key": "x"}, {"name": "b", "key": "X"}]}, "class_key_twice"),
        ({"classes": [{"name": "a", "color": "green"}]}, "invalid"),
        ({"name": ""}, "invalid"),
    ],
)
def test_projects_that_cannot_work_are_refused(client, lab, values, code):
    answer = create(client, lab, **values)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Project.objects.exists()


def test_another_labs_data_cannot_be_used(client, lab, owner):
    foreign = make_dataset(make_lab(owner))

    assert create(client, lab, datasets=[foreign.pk]).json()["code"] == "no_such_dataset"


def test_policies_are_changed_in_part_and_checked_as_a_whole(client, lab):
    project = create(client, lab).json()

    changed = patch(client, project, policy={"overlap": 2}, loop={"batch_size": 7}).json()

    assert (changed["policy"]["overlap"], changed["policy"]["accept_rule"]) == (2, "agreement")
    assert changed["loop"] == project["loop"] | {"batch_size": 7}
    back = patch(client, project, policy={"overlap": 1}).json()
    assert back["policy"]["accept_rule"] == "single"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"policy": {"accept_threshold": 1.5}}, "accept_threshold"),
        ({"policy": {"lease_seconds": 1}}, "lease_seconds"),
        ({"policy": {"accept_rule": "agreement"}}, "overlap"),
        ({"policy": {"consensus_method": "oracle"}}, "majority"),
        ({"loop": {"strategy": "astrology"}}, "random"),
        ({"loop": {"control_fraction": 0}}, "control_fraction"),
        ({"loop": {"batch_size": 0}}, "batch_size"),
        ({"loop": {"train_minutes": -1}}, "train_minutes"),
        ({"loop": {"train_minutes": 1_441}}, "train_minutes"),
    ],
)
def test_a_policy_that_does_not_work_is_refused_in_words(client, lab, values, word):
    project = create(client, lab).json()

    answer = patch(client, project, **values)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_policy")
    assert word in answer.json()["detail"]


def test_classes_are_renamed_swapped_and_recoloured_and_keep_their_index(client, lab):
    project = create(client, lab).json()
    first, second = project["classes"]

    answer = patch(
        client,
        project,
        classes=[
            {"id": first["id"], "name": second["name"], "color": "#123456"},
            {"id": second["id"], "name": first["name"], "key": "9"},
            {"name": "mitosis"},
        ],
    ).json()

    assert [(row["id"], row["index"], row["name"]) for row in answer["classes"][:2]] == [
        (first["id"], 1, "debris"),
        (second["id"], 2, "nucleus"),
    ]
    assert answer["classes"][0]["color"] == "#123456"
    assert answer["classes"][1]["color"] == second["color"]
    assert (answer["classes"][2]["index"], answer["classes"][2]["name"]) == (3, "mitosis")


def test_an_index_is_never_given_twice(client, lab):
    project = create(client, lab).json()
    first = {"id": project["classes"][0]["id"], "name": "nucleus"}

    patch(client, project, classes=[first])
    answer = patch(client, project, classes=[first, {"name": "mitosis"}]).json()

    assert [row["index"] for row in answer["classes"]] == [1, 3]


@pytest.mark.parametrize("use", ["class_index", "object_classes", "ground_truth"])
def test_a_class_that_has_labels_cannot_be_deleted(client, lab, use):
    project = create(client, lab).json()
    sample = make_sample(Project.objects.get(pk=project["id"]))
    if use == "class_index":
        make_annotation(sample, class_index=2)
    elif use == "object_classes":
        make_annotation(sample, object_classes={"17": 2})
    else:
        sample.ground_truths.create(version=1, source="import", object_classes={"5": 2})

    answer = patch(client, project, classes=[{"id": project["classes"][0]["id"], "name": "x"}])

    assert (answer.status_code, answer.json()["code"]) == (409, "class_in_use")
    assert "debris" in answer.json()["detail"]
    assert list(LabelClass.objects.values_list("name", flat=True)) == ["nucleus", "debris"]


def test_the_class_that_unnamed_objects_belong_to_stays_once_there_are_labels(client, lab):
    project = create(client, lab).json()
    make_annotation(make_sample(Project.objects.get(pk=project["id"])), key="a" * 64)
    debris = {"id": project["classes"][1]["id"], "name": "debris"}

    assert patch(client, project, classes=[debris]).json()["code"] == "class_in_use"


def test_the_last_class_cannot_go_and_foreign_ones_cannot_be_changed(client, lab):
    project = create(client, lab).json()
    other = create(client, lab, name="Other").json()

    assert patch(client, project, classes=[]).json()["code"] == "no_classes"
    foreign = [{"id": other["classes"][0]["id"], "name": "x"}]
    assert patch(client, project, classes=foreign).status_code == 404


def test_an_archived_project_is_out_of_the_list_and_can_come_back(client, lab):
    project = create(client, lab).json()

    assert client.delete(f"/api/v1/projects/{project['id']}").status_code == 204
    assert client.get("/api/v1/projects").json()["results"] == []
    (row,) = client.get("/api/v1/projects", {"archived": "true"}).json()["results"]
    assert row["archived"] is True
    assert patch(client, project, archived=False).json()["archived"] is False
    assert len(client.get("/api/v1/projects").json()["results"]) == 1


def test_projects_are_listed_per_lab_without_other_peoples(client, lab, owner):
    mine = make_project(lab)
    other = make_project(make_lab(owner))
    make_project()

    assert [row["id"] for row in client.get("/api/v1/projects").json()["results"]] == [
        other.pk,
        mine.pk,
    ]
    (row,) = client.get("/api/v1/projects", {"lab": lab.pk}).json()["results"]
    assert (row["id"], row["role"]) == (mine.pk, "manager")


def test_the_list_takes_as_many_queries_for_many_as_for_few(
    client, lab, django_assert_max_num_queries
):
    for _ in range(10):
        make_project(lab, datasets=[make_dataset(lab)], classes=("a", "b"))

    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/projects").json()["results"]) == 10


def test_the_higher_of_two_roles_counts(lab):
    project = make_project(lab)
    member = join_lab(lab, make_user())

    def role():
        return client_for(member).get(f"/api/v1/projects/{project.pk}").json()["role"]

    assert role() == "viewer"
    join_project(project, member, "reviewer")
    assert role() == "reviewer"


def test_members_are_added_by_name_or_address_changed_and_removed(client, lab):
    project = make_project(lab)
    grace, ada = make_user("grace"), make_user("ada")
    base = f"/api/v1/projects/{project.pk}/members"

    assert client.post(base, {"username": "GRACE", "role": "annotator"}).status_code == 201
    assert client.post(base, {"email": "ada@example.org", "role": "viewer"}).status_code == 201
    again = client.post(base, {"username": "grace", "role": "viewer"})
    assert (again.status_code, again.json()["code"]) == (409, "already_member")
    nobody = client.post(base, {"username": "nobody", "role": "viewer"})
    assert (nobody.status_code, nobody.json()["code"]) == (400, "no_such_person")
    assert client.post(base, {"role": "viewer"}).status_code == 400
    assert client.patch(f"{base}/{ada.pk}", {"role": "reviewer"}).json()["role"] == "reviewer"
    assert client.delete(f"{base}/{grace.pk}").status_code == 204
    assert client.delete(f"{base}/{grace.pk}").status_code == 404
    rows = client.get(base).json()["results"]
    assert [(row["user"]["username"], row["role"]) for row in rows] == [("ada", "reviewer")]


def test_everybody_may_leave_a_project(lab):
    project = make_project(lab)
    annotator = join_project(project)
    client = client_for(annotator)

    answer = client.delete(f"/api/v1/projects/{project.pk}/members/{annotator.pk}")

    assert answer.status_code == 204
    assert client.get(f"/api/v1/projects/{project.pk}").status_code == 404


def test_samples_are_filtered_and_count_their_answers(client, lab):
    project = make_project(lab)
    asked = make_queued_sample(project)
    make_annotation(asked, state="submitted")
    make_annotation(asked, state="submitted")
    make_annotation(asked)
    make_sample(project, make_image(split="test"))

    def listed(**query):
        answer = client.get("/api/v1/samples", {"project": project.pk, **query})
        return answer.json()["results"]

    (row,) = listed(state="queued")
    assert (row["id"], row["n_answers"], row["region"]) == (asked.pk, 2, None)
    assert [row["split"] for row in listed(split="test")] == ["test"]
    assert len(listed()) == 2
    assert client.get("/api/v1/samples").status_code == 400
    assert client.get(f"/api/v1/samples/{asked.pk}").json() == row


def test_a_cells_region_is_told(client, lab):
    project = make_project(lab)
    region = {"t": 0, "z": 2, "y0": 4, "x0": 8, "y1": 20, "x1": 32}
    sample = make_sample(project, object_id=3, **region)

    body = client.get(f"/api/v1/samples/{sample.pk}").json()

    assert (body["region"], body["object_id"]) == (region, 3)


def test_the_list_of_samples_takes_as_many_queries_for_many_as_for_few(
    client, lab, django_assert_max_num_queries
):
    project = make_project(lab)
    for _ in range(10):
        make_sample(project)

    with django_assert_max_num_queries(8):
        client.get("/api/v1/samples", {"project": project.pk})


@pytest.mark.slow
def test_samples_of_thousands_of_pictures_are_made_in_few_queries(
    lab, django_assert_max_num_queries
):
    dataset = make_dataset(lab)
    image = make_image(dataset)
    rows = []
    for n in range(2500):
        row = type(image)(**{f.attname: getattr(image, f.attname) for f in image._meta.fields})
        row.pk, row.sha256 = None, f"{n:064d}"
        rows.append(row)
    type(image).objects.bulk_create(rows)
    project = make_project(lab, datasets=[dataset])

    with django_assert_max_num_queries(12):
        assert sync_samples(project) == 2501
    assert sync_samples(project) == 0
    assert Sample.objects.filter(project=project).count() == 2501

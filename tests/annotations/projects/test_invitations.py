"""Invitation links: signed, expiring, counted, revocable."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotations.models import Invitation, LabMembership, ProjectMembership, User
from annotations.projects.services import invitations
from core.errors import DomainError
from tests.factories import (
    PASSWORD,
    client_for,
    join_lab,
    join_project,
    make_lab,
    make_project,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user()


@pytest.fixture
def lab(owner):
    return make_lab(owner)


@pytest.fixture
def project(lab):
    return make_project(lab)


def invite(user, lab, **values):
    return client_for(user).post(f"/api/v1/labs/{lab.pk}/invitations", values)


def accept(user, token):
    return client_for(user).post("/api/v1/invitations/accept", {"token": token})


def sign_up(client, token, name="newcomer", **values):
    body = {"token": token, "username": name, "email": f"{name}@example.org", "password": PASSWORD}
    return client.post("/api/v1/auth/signup", body | values)


def test_a_link_to_a_project_lets_a_newcomer_in(owner, lab, project):
    made = invite(owner, lab, project=project.pk, project_role="annotator").json()
    client = client_for()

    preview = client.get("/api/v1/invitations/preview", {"token": made["token"]}).json()
    answer = sign_up(client, made["token"]).json()

    assert preview == {
        "lab": lab.name,
        "project": project.name,
        "role": None,
        "project_role": "annotator",
        "valid": True,
        "reason": "",
    }
    assert made["url"].endswith(f"/join?token={made['token']}")
    assert answer["redirect"] == f"/projects/{project.pk}"
    assert client.get(f"/api/v1/projects/{project.pk}").json()["role"] == "annotator"
    assert client.get("/api/v1/labs").json()["results"] == []


def test_a_link_to_a_lab_lets_a_signed_in_person_in(owner, lab):
    made = invite(owner, lab, role="member").json()
    colleague = make_user()

    answer = accept(colleague, made["token"]).json()

    assert answer["redirect"] == f"/labs/{lab.pk}"
    assert LabMembership.objects.get(lab=lab, user=colleague).role == "member"


def test_joining_twice_uses_the_link_once(owner, lab):
    token = invite(owner, lab, role="member").json()["token"]
    colleague = make_user()

    assert accept(colleague, token).status_code == accept(colleague, token).status_code == 200
    assert Invitation.objects.get().uses == 1
    assert accept(make_user(), token).json()["code"] == "invitation_used_up"


def test_a_higher_role_stays(owner, lab, project):
    token = invite(owner, lab, role="member", project=project.pk, project_role="viewer").json()
    manager = join_project(project, role="manager")

    accept(manager, token["token"])
    accept(owner, token["token"])

    assert ProjectMembership.objects.get(project=project, user=manager).role == "manager"
    assert LabMembership.objects.get(lab=lab, user=owner).role == "owner"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "invitation_expired"),
        ({"revoked_at": timezone.now()}, "invitation_revoked"),
        ({"uses": 1}, "invitation_used_up"),
    ],
)
def test_a_link_that_does_not_hold_says_why(owner, lab, change, code):
    token = invite(owner, lab, role="member").json()["token"]
    Invitation.objects.update(**change)

    answer = accept(make_user(), token)
    preview = client_for().get("/api/v1/invitations/preview", {"token": token}).json()
    newcomer = sign_up(client_for(), token)

    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert (preview["valid"], bool(preview["reason"])) == (False, True)
    assert newcomer.json()["code"] == code
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("token", ["", "1", "1.forged", "999999.x", "not-a-token"])
def test_forged_links_are_refused(owner, lab, token):
    invite(owner, lab, role="owner")

    assert accept(make_user(), token).status_code in (400, 404)
    assert client_for().get("/api/v1/invitations/preview", {"token": token}).status_code in (
        400,
        404,
    )


def test_one_links_signature_does_not_fit_another(owner, lab):
    first = invite(owner, lab, role="member").json()
    second = invite(owner, lab, role="owner").json()
    forged = f"{second['id']}.{first['token'].split('.', 1)[1]}"

    assert accept(make_user(), forged).json()["code"] == "invitation_unknown"


def test_a_link_for_one_address_is_for_that_person_only(owner, lab):
    token = invite(owner, lab, role="member", email="Ada@example.org").json()["token"]

    assert accept(make_user("eve"), token).json()["code"] == "invitation_for_another"
    assert accept(make_user("ada"), token).status_code == 200


def test_a_revoked_link_lets_nobody_in(owner, lab):
    made = invite(owner, lab, role="member", max_uses=5).json()

    assert client_for(owner).delete(f"/api/v1/invitations/{made['id']}").status_code == 204
    assert client_for(owner).delete(f"/api/v1/invitations/{made['id']}").status_code == 204
    assert accept(make_user(), made["token"]).json()["code"] == "invitation_revoked"
    (row,) = client_for(owner).get(f"/api/v1/labs/{lab.pk}/invitations").json()["results"]
    assert row["revoked"] is True


def test_a_failed_sign_up_uses_nothing_up(owner, lab):
    token = invite(owner, lab, role="member").json()["token"]
    make_user("taken")

    assert sign_up(client_for(), token, "taken").json()["code"] == "username_taken"
    assert sign_up(client_for(), token, "TAKEN").json()["code"] == "username_taken"
    assert sign_up(client_for(), token, username="a b").json()["code"] == "bad_username"
    assert sign_up(client_for(), token, password="short").json()["code"] == "weak_password"
    assert Invitation.objects.get().uses == 0
    assert sign_up(client_for(), token).status_code == 200


def test_managers_invite_to_their_own_projects_only(lab, project):
    manager = join_project(project, role="manager")
    other = make_project(lab)

    assert invite(manager, lab, project=project.pk, project_role="manager").status_code == 201
    assert invite(manager, lab, project=other.pk, project_role="viewer").status_code == 404
    assert invite(manager, lab, role="member").status_code == 404
    rows = client_for(manager).get(f"/api/v1/labs/{lab.pk}/invitations").json()["results"]
    assert [row["project"] for row in rows] == [project.pk]


def test_a_manager_who_is_a_member_of_the_lab_cannot_make_owners(lab, project):
    manager = join_project(project, join_lab(lab, make_user()), "manager")

    answer = invite(manager, lab, role="owner", project=project.pk, project_role="viewer")

    assert answer.status_code == 403
    assert not Invitation.objects.exists()


def test_an_owner_cannot_invite_to_another_labs_project(owner, lab):
    foreign = make_project(make_lab(owner))

    answer = invite(owner, lab, project=foreign.pk, project_role="viewer")

    assert answer.json()["code"] == "other_lab"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({}, "grants_nothing"),
        ({"role": "member", "project_role": "viewer"}, "half_a_grant"),
        ({"role": "emperor"}, "invalid"),
        ({"role": "member", "max_uses": 0}, "invalid"),
        ({"role": "member", "days": 4000}, "invalid"),
    ],
)
def test_invitations_that_make_no_sense_are_refused(owner, lab, values, code):
    answer = invite(owner, lab, **values)

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.django_db(transaction=True)
def test_a_link_for_three_lets_three_of_twelve_in():
    owner = make_user()
    lab = make_lab(owner)
    grant = invitations.NewInvitation(role="member", max_uses=3)
    made = invitations.create_invitation(lab, owner, grant, now=timezone.now())
    token = invitations.token_of(made)
    people = [make_user() for _ in range(12)]

    def click(user):
        try:
            invitations.accept_invitation(user, token, now=timezone.now())
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "in"

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(click, people))

    assert outcomes.count("in") == 3
    assert outcomes.count("invitation_used_up") == 9
    assert LabMembership.objects.filter(lab=lab, role="member").count() == 3
    assert Invitation.objects.get().uses == 3

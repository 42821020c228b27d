"""Labs, members and tokens."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from annotations.accounts import services
from annotations.models import ApiToken, LabMembership, LabRole
from core.audit import AuditEvent
from core.errors import Conflict
from tests.factories import client_for, join_lab, make_lab, make_user

pytestmark = pytest.mark.django_db


def test_who_makes_a_lab_owns_it():
    user = make_user()

    body = client_for(user).post("/api/v1/labs", {"name": "Cell biology"}).json()

    assert body["role"] == "owner"
    assert body["slug"] == "cell-biology"
    assert client_for(user).get("/api/v1/labs").json()["results"] == [body]


@pytest.mark.parametrize("name", ["细胞实验室", "Cell biology", "!!!"])
def test_two_labs_of_the_same_name_have_slugs_of_their_own(name):
    user = make_user()
    slugs = {services.create_lab(user, name=name).slug for _ in range(3)}

    assert len(slugs) == 3
    assert all(slugs)


def test_a_renamed_lab_keeps_its_slug():
    owner = make_user()
    lab = make_lab(owner)

    body = client_for(owner).patch(f"/api/v1/labs/{lab.pk}", {"name": "New"}).json()

    assert (body["name"], body["slug"]) == ("New", lab.slug)


def test_members_see_each_other():
    owner = make_user()
    lab = make_lab(owner)
    member = join_lab(lab, make_user())

    rows = client_for(member).get(f"/api/v1/labs/{lab.pk}/members").json()["results"]

    assert {(row["user"]["username"], row["role"]) for row in rows} == {
        (owner.username, "owner"),
        (member.username, "member"),
    }


def test_an_owner_makes_another_owner_and_then_leaves():
    owner = make_user()
    lab = make_lab(owner)
    member = join_lab(lab, make_user())
    client = client_for(owner)
    base = f"/api/v1/labs/{lab.pk}/members"

    assert client.delete(f"{base}/{owner.pk}").json()["code"] == "last_owner"
    assert client.patch(f"{base}/{owner.pk}", {"role": "member"}).json()["code"] == "last_owner"
    assert client.patch(f"{base}/{member.pk}", {"role": "owner"}).status_code == 200
    assert client.delete(f"{base}/{owner.pk}").status_code == 204
    assert client.get(base).status_code == 404
    assert AuditEvent.objects.filter(verb="lab.member_removed").count() == 1


def test_a_member_may_leave_but_not_remove_others():
    lab = make_lab()
    member, other = join_lab(lab, make_user()), join_lab(lab, make_user())
    client = client_for(member)

    assert client.delete(f"/api/v1/labs/{lab.pk}/members/{other.pk}").status_code == 403
    assert client.delete(f"/api/v1/labs/{lab.pk}/members/{member.pk}").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_leave_at_the_same_moment_do_not_leave_the_lab_alone():
    first, second = make_user(), make_user()
    lab = make_lab(first)
    join_lab(lab, second, LabRole.OWNER)

    def leave(user):
        try:
            services.remove_lab_member(lab, user.pk, actor=user)
        except Conflict as error:
            return error.code
        finally:
            connection.close()
        return "left"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(leave, [first, second]))

    assert outcomes == ["last_owner", "left"]
    assert LabMembership.objects.filter(lab=lab, role=LabRole.OWNER).count() == 1


def test_a_token_is_shown_once_and_kept_as_a_digest():
    user = make_user()
    client = client_for(user)

    made = client.post("/api/v1/tokens", {"name": "laptop"}).json()

    assert made["token"].startswith("cyt_")
    assert made["token"].startswith(made["prefix"])
    row = ApiToken.objects.get()
    assert made["token"] not in str(vars(row))
    (listed,) = client.get("/api/v1/tokens").json()["results"]
    assert "token" not in listed


def test_a_token_signs_in_without_csrf_until_it_is_revoked():
    user = make_user()
    secret = services.create_token(user, name="script").secret
    script = client_for(check_csrf=True)
    script.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    assert script.post("/api/v1/labs", {"name": "Lab of a script"}).status_code == 201
    token = ApiToken.objects.get()
    assert timezone.now() - token.last_used_at < timedelta(minutes=1)
    assert client_for(user).delete(f"/api/v1/tokens/{token.pk}").status_code == 204
    refused = script.get("/api/v1/labs")
    assert (refused.status_code, refused.json()["code"]) == (401, "bad_token")
    assert client_for(user).delete(f"/api/v1/tokens/{token.pk}").status_code == 404


@pytest.mark.parametrize("header", ["Bearer", "Bearer cyt_", "Bearer cyt_guess", "bearer  x y"])
def test_bad_tokens_are_refused(header):
    client = client_for()
    client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.get("/api/v1/labs")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"]


def test_tokens_of_a_switched_off_account_do_not_work():
    user = make_user()
    secret = services.create_token(user, name="script").secret
    user.is_active = False
    user.save()
    client = client_for()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    assert client.get("/api/v1/labs").status_code == 401


def test_the_list_of_labs_takes_as_many_queries_for_many_as_for_few(
    django_assert_max_num_queries,
):
    user = make_user()
    for _ in range(12):
        join_lab(make_lab(), user)
    client = client_for(user)

    with django_assert_max_num_queries(4):
        assert len(client.get("/api/v1/labs").json()["results"]) == 12


def test_lists_are_walked_by_cursor():
    user = make_user()
    names = {join_lab_named(user, n) for n in range(7)}
    client = client_for(user)
    url, seen = "/api/v1/labs?page_size=3", []

    while url:
        page = client.get(url).json()
        seen += [row["name"] for row in page["results"]]
        url = page["next"]

    assert len(seen) == 7
    assert set(seen) == names


def join_lab_named(user, number):
    name = f"lab number {number}"
    join_lab(make_lab(name=name), user)
    return name

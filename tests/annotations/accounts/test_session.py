"""Signing in, out and up, and setting up a new site."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.accounts import services, throttling
from annotations.models import LoginFailure, User
from tests.factories import PASSWORD, client_for, make_lab, make_user

pytestmark = pytest.mark.django_db

SETUP = {
    "username": "ada",
    "email": "ada@example.org",
    "password": "amber-Vesicle-42",
    "lab_name": "Ada's lab",
}


def login(client, username, password=PASSWORD, **extra):
    return client.post("/api/v1/auth/login", {"username": username, "password": password}, **extra)


def test_a_new_site_says_that_it_needs_setting_up():
    body = client_for().get("/api/v1/auth/session").json()

    assert body["user"] is None
    assert body["setup_needed"] is True
    assert body["csrf"]
    assert body["version"]


def test_setup_makes_the_first_account_owner_of_a_lab_and_signs_in():
    client = client_for()

    answer = client.post("/api/v1/auth/setup", SETUP)

    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "ada"
    assert client.get("/api/v1/auth/session").json()["user"]["username"] == "ada"
    (lab,) = client.get("/api/v1/labs").json()["results"]
    assert (lab["name"], lab["role"]) == ("Ada's lab", "owner")


def test_setup_is_refused_once_there_is_an_account():
    make_user()

    answer = client_for().post("/api/v1/auth/setup", SETUP)

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_set_up"


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("short", "10 characters"),
        ("password123", "intruders"),
        ("ada@example.org", "less like"),
    ],
)
def test_setup_refuses_weak_passwords_in_plain_words(password, word):
    answer = client_for().post("/api/v1/auth/setup", SETUP | {"password": password})

    assert answer.status_code == 400
    assert answer.json()["code"] == "weak_password"
    assert word in answer.json()["detail"]
    assert not User.objects.exists()


def test_sign_in_and_out():
    make_user("grace")
    client = client_for()

    assert login(client, "grace").json()["user"]["username"] == "grace"
    assert client.get("/api/v1/labs").status_code == 200
    assert client.post("/api/v1/auth/logout").status_code == 204
    assert client.get("/api/v1/labs").status_code == 401


def test_the_case_of_the_user_name_does_not_matter():
    make_user("grace")

    assert login(client_for(), "Grace").status_code == 200


def test_a_name_is_the_same_however_a_keyboard_composes_it():
    composed, wide = "jos\u00e9", "\uff4a\uff4f\uff53e\u0301"
    services.create_person(username=wide, email="j@example.org", password=PASSWORD)

    assert User.objects.get().username == composed
    assert login(client_for(), composed).status_code == 200
    assert login(client_for(), "JOSE\u0301").status_code == 200


def test_signing_out_ends_the_session_for_every_process():
    client = client_for()
    make_user("grace")
    login(client, "grace")
    thief = APIClient()
    thief.cookies["sessionid"] = client.cookies["sessionid"].value
    assert thief.get("/api/v1/labs").status_code == 200

    client.post("/api/v1/auth/logout")

    assert thief.get("/api/v1/labs").status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_answered_alike():
    make_user("grace")

    wrong = login(client_for(), "grace", "not-the-password")
    unknown = login(client_for(), "nobody", "not-the-password")

    assert wrong.status_code == unknown.status_code == 400
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "wrong_login"


def test_a_switched_off_account_cannot_sign_in():
    make_user("grace", is_active=False)

    assert login(client_for(), "grace").status_code == 400


def test_guessing_is_slowed_down_without_locking_out_the_person():
    make_user("grace")
    for _ in range(throttling.MOST_FAILURES):
        assert login(client_for(), "grace", "guess", REMOTE_ADDR="10.0.0.66").status_code == 400

    attacker = login(client_for(), "GRACE", REMOTE_ADDR="10.0.0.66")
    grace = login(client_for(), "grace", REMOTE_ADDR="10.0.0.7")

    assert attacker.status_code == 429
    assert attacker.json()["code"] == "too_many_attempts"
    assert "minutes" in attacker.json()["detail"]
    assert grace.status_code == 200


def test_the_slowing_down_ends():
    make_user("grace")
    for _ in range(throttling.MOST_FAILURES):
        login(client_for(), "grace", "guess")
    LoginFailure.objects.update(at=timezone.now() - throttling.WINDOW - timedelta(seconds=1))

    assert login(client_for(), "grace").status_code == 200
    assert not LoginFailure.objects.exists()


@pytest.mark.parametrize("path", ["login", "setup", "signup"])
def test_strangers_posts_need_the_csrf_token(path):
    answer = client_for(check_csrf=True).post(f"/api/v1/auth/{path}", SETUP)

    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf_failed"


def test_posts_of_a_session_need_the_csrf_token():
    owner = make_user()
    make_lab(owner)
    client = client_for(owner, check_csrf=True)

    refused = client.post("/api/v1/labs", {"name": "Other"})
    csrf = client.get("/api/v1/auth/session").json()["csrf"]
    accepted = client.post("/api/v1/labs", {"name": "Other"}, HTTP_X_CSRFTOKEN=csrf)

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf_failed")
    assert accepted.status_code == 201


def test_a_page_can_sign_in_with_the_token_that_it_was_handed():
    make_user("grace")
    client = client_for(check_csrf=True)
    csrf = client.get("/api/v1/auth/session").json()["csrf"]

    assert login(client, "grace", HTTP_X_CSRFTOKEN=csrf).status_code == 200
    assert client.cookies["csrftoken"].value


def test_pages_behind_a_proxy_that_takes_https_can_sign_in(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    make_user("grace")
    client = client_for(check_csrf=True)
    csrf = client.get("/api/v1/auth/session").json()["csrf"]
    page = {
        "HTTP_X_CSRFTOKEN": csrf,
        "HTTP_HOST": "testserver",
        "HTTP_ORIGIN": "https://testserver",
        "HTTP_REFERER": "https://testserver/signin",
        "HTTP_X_FORWARDED_PROTO": "https",
    }

    assert login(client, "grace", **page).status_code == 200
    elsewhere = page | {"HTTP_ORIGIN": "https://evil.example"}
    assert login(client, "grace", **elsewhere).json()["code"] == "csrf_failed"


def change_password(client, current, password):
    return client.post("/api/v1/auth/password", {"current": current, "password": password})


def test_a_changed_password_ends_the_other_sessions():
    make_user(username="ada")
    here, elsewhere = client_for(), client_for()
    login(here, "ada")
    login(elsewhere, "ada")

    assert change_password(here, PASSWORD, "amber-Vesicle-43").status_code == 204

    assert here.get("/api/v1/auth/session").json()["user"]["username"] == "ada"
    assert elsewhere.get("/api/v1/auth/session").json()["user"] is None
    assert login(client_for(), "ada").json()["code"] == "wrong_login"
    assert login(client_for(), "ada", "amber-Vesicle-43").status_code == 200


@pytest.mark.parametrize(
    ("current", "password", "code"),
    [
        ("not the one", "amber-Vesicle-43", "wrong_password"),
        (PASSWORD, "short", "weak_password"),
    ],
)
def test_a_password_stays_where_the_change_is_refused(current, password, code):
    make_user(username="ada")
    client = client_for()
    login(client, "ada")

    answer = change_password(client, current, password)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert login(client_for(), "ada").status_code == 200


def test_guessing_the_password_of_an_open_session_is_slowed_down():
    make_user(username="ada")
    client = client_for()
    login(client, "ada")

    answers = [change_password(client, "a guess", "amber-Vesicle-43") for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]

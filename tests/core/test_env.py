"""The environment variables: defaults, and refusals that name the variable."""

import pytest

from config.env import InvalidVariableError, read_environment
from cytoloop.services.paths import Home

GOOD = {
    "DATABASE_URL": "postgresql://lab:secret@db.example.org:5432/cytoloop",
    "CELERY_BROKER_URL": "redis://broker.example.org:6379/0",
    "STORAGE_URL": "s3://bucket/prefix",
    "CYTOLOOP_SECRET_KEY": "k" * 40,
    "CYTOLOOP_DEBUG": "yes",
    "CYTOLOOP_ALLOWED_HOSTS": "lab.example.org, 10.0.0.5",
    "CYTOLOOP_HTTPS": "1",
}

BAD = [
    ("DATABASE_URL", "mysql://db/cytoloop"),
    ("DATABASE_URL", "postgresql://db:port/cytoloop"),
    ("DATABASE_URL", "postgresql://db"),
    ("DATABASE_URL", "db.example.org"),
    ("CELERY_BROKER_URL", "http://broker"),
    ("CELERY_BROKER_URL", "redis://"),
    ("CELERY_BROKER_URL", "redis://host:99999"),
    ("CELERY_BROKER_URL", "redis+socket://"),
    ("STORAGE_URL", "/srv/cytoloop"),
    ("STORAGE_URL", "file://srv/cytoloop"),
    ("STORAGE_URL", "s3:///prefix"),
    ("CYTOLOOP_SECRET_KEY", "short"),
    ("CYTOLOOP_DEBUG", "perhaps"),
    ("CYTOLOOP_HTTPS", "maybe"),
    ("CYTOLOOP_ALLOWED_HOSTS", "https://lab.example.org"),
    ("CYTOLOOP_ALLOWED_HOSTS", ","),
    ("CYTOLOOP_HOME", "relative/folder"),
]


def test_everything_that_is_set_is_taken(tmp_path):
    environment = read_environment(GOOD | {"CYTOLOOP_HOME": str(tmp_path)})
    assert environment.database_url == GOOD["DATABASE_URL"]
    assert environment.broker_url == GOOD["CELERY_BROKER_URL"]
    assert environment.storage_url == GOOD["STORAGE_URL"]
    assert environment.debug is True
    assert environment.allowed_hosts == ("lab.example.org", "10.0.0.5")
    assert environment.https is True
    assert environment.home == tmp_path


def test_nothing_set_means_the_embedded_services(tmp_path):
    home = tmp_path / "my state"
    environment = read_environment({"CYTOLOOP_HOME": str(home)})
    assert environment.database_url.startswith("postgresql://cytoloop@/cytoloop?host=")
    assert environment.broker_url.startswith("redis+socket:///")
    assert " " not in environment.database_url + environment.broker_url
    assert environment.storage_url == (home / "storage").as_uri()
    assert environment.debug is False
    assert environment.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")


def test_the_secret_key_is_made_once_and_kept(tmp_path):
    variables = {"CYTOLOOP_HOME": str(tmp_path)}
    first = read_environment(variables).secret_key
    assert read_environment(variables).secret_key == first
    assert Home(tmp_path).secret_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("variable", "value"), BAD)
def test_a_wrong_value_is_refused_by_name(tmp_path, variable, value):
    variables = GOOD | {"CYTOLOOP_HOME": str(tmp_path), variable: value}
    with pytest.raises(InvalidVariableError, match=rf"^{variable}: ") as refused:
        read_environment(variables)
    assert refused.value.variable == variable


def test_a_refusal_does_not_repeat_a_password(tmp_path):
    value = "mysql://lab:hunter22@db/cytoloop"
    with pytest.raises(InvalidVariableError) as refused:
        read_environment({"CYTOLOOP_HOME": str(tmp_path), "DATABASE_URL": value})
    assert "hunter22" not in str(refused.value)

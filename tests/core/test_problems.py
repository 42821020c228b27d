"""Errors that every client meets."""

import pytest
from django.db import InterfaceError, OperationalError

from core.api.problems import handle_exception


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_database_that_is_away_may_be_asked_again(error):
    response = handle_exception(error, {})
    assert (response.status_code, response.data["code"]) == (503, "database_away")
    assert "gone" not in response.data["detail"]

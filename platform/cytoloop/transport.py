"""HTTP under the SDK: sign-in, retries, and problem documents as exceptions."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

Json = dict[str, Any]

RETRIED_STATUS = (429, 502, 503, 504)
LONGEST_PAUSE = 10.0
TIMEOUT = 120.0


class ApiError(Exception):
    """The server's answer to a request it did not fulfil.

    Attributes
    ----------
    status : int
        HTTP status; 0 where no answer came.
    code : str
        Stable name of the problem.
    detail : str
        What is wrong and what to do.
    document : dict
        The whole problem document.
    """

    def __init__(self, status: int, code: str, detail: str, document: Json | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.document = document or {}


class UnreachableError(ApiError):
    """No answer came, in spite of all retries."""

    def __init__(self, url: str, reason: str) -> None:
        detail = f"{url} does not answer ({reason}). Does the site run? `cytoloop status` says so."
        super().__init__(0, "unreachable", detail)


class Transport:
    """Requests to one site, as one person.

    Parameters
    ----------
    url : str
        Address of the site, without path.
    token : str, optional
        A personal token; without it requests go by session (see `Client.sign_in`).
    retries : int, optional
        How often a request that may be repeated is tried again.
    sleep : callable, optional
        Waits between two tries.
    below : httpx.BaseTransport, optional
        What carries the requests, where that is not the network.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        retries: int = 8,
        sleep: Callable[[float], None] = time.sleep,
        below: httpx.BaseTransport | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.retries = retries
        self._sleep = sleep
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(
            base_url=f"{self.url}/api/v1/", headers=headers, timeout=TIMEOUT, transport=below
        )
        self._by_session = token is None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **parameters: object) -> Json:
        """GET a JSON document."""
        answer: Json = self.send("GET", path, params=_without_none(parameters)).json()
        return answer

    def get_bytes(self, path: str, **parameters: object) -> httpx.Response:
        """GET something that is not JSON."""
        return self.send("GET", path, params=_without_none(parameters))

    def post(self, path: str, body: Mapping[str, object], *, repeatable: bool = False) -> Json:
        """POST a JSON document and read one.

        Parameters
        ----------
        path : str
            Below ``/api/v1/``.
        body : Mapping
            JSON values.
        repeatable : bool, optional
            True where the server answers a repeat like the first call; only then is a request
            whose answer got lost sent again.
        """
        response = self.send("POST", path, repeatable=repeatable, json=dict(body))
        answer: Json = response.json() if response.content else {}
        return answer

    def patch(self, path: str, body: Mapping[str, object]) -> Json:
        """PATCH an object; absolute values, so it may be repeated."""
        answer: Json = self.send("PATCH", path, repeatable=True, json=dict(body)).json()
        return answer

    def listing(self, path: str, **parameters: object) -> Iterator[Json]:
        """Walk through all pages of a list."""
        page = self.get(path, **parameters)
        while True:
            yield from page["results"]
            if not page.get("next"):
                return
            page = self.send("GET", page["next"]).json()

    def send(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = False,
        **options: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """Send one request, again where it failed on the way and may be repeated.

        Raises
        ------
        ApiError
            The server refuses.
        UnreachableError
            It does not answer.
        """
        repeatable = repeatable or method == "GET"
        reason = ""
        for attempt in range(self.retries + 1):
            try:
                headers = self._session_headers(method)
                response = self._http.request(method, path, headers=headers, **options)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                reason = str(error)
            except httpx.TransportError as error:
                if not repeatable:
                    raise UnreachableError(self.url, str(error) or type(error).__name__) from error
                reason = str(error) or type(error).__name__
            else:
                if response.is_success:
                    return response
                if response.status_code not in RETRIED_STATUS or not repeatable:
                    raise _problem(response)
                reason = f"status {response.status_code}"
            if attempt < self.retries:
                self._sleep(_pause(attempt))
        raise UnreachableError(self.url, reason)

    @contextmanager
    def stream(self, path: str, **parameters: object) -> Iterator[Iterator[bytes]]:
        """GET something large, piece by piece.

        Raises
        ------
        ApiError
            The server refuses.
        UnreachableError
            It does not answer.
        """
        try:
            with self._http.stream("GET", path, params=_without_none(parameters)) as response:
                if not response.is_success:
                    response.read()
                    raise _problem(response)
                yield response.iter_bytes()
        except httpx.TransportError as error:
            raise UnreachableError(self.url, str(error) or type(error).__name__) from error

    def _session_headers(self, method: str) -> dict[str, str]:
        if not self._by_session or method == "GET":
            return {}
        token = self._http.cookies.get("csrftoken")
        return {"X-CSRFToken": token, "Referer": self.url} if token else {}


def _pause(attempt: int) -> float:
    # Jitter keeps many clients of a restarted server from coming back in step.
    longest = min(LONGEST_PAUSE, 0.2 * 2.0**attempt)
    return longest * (0.5 + 0.5 * random.random())


def _problem(response: httpx.Response) -> ApiError:
    try:
        document = response.json()
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    code = str(document.get("code", "http_error"))
    detail = str(document.get("detail") or f"The server answered {response.status_code}.")
    return ApiError(response.status_code, code, detail, document)


def _without_none(parameters: Mapping[str, object]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}

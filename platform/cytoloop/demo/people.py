"""The demo's accounts: the lab's owner, and annotators who come by invitation."""

from collections.abc import Callable
from dataclasses import dataclass

from cytoloop.client import Client
from cytoloop.demo.plan import Memory
from cytoloop.transport import ApiError

OWNER = "demo"
LAB = "Demo lab"
TOKEN_NAME = "cytoloop demo"


@dataclass(frozen=True)
class Crew:
    """Everybody of a demo.

    Attributes
    ----------
    owner : Client
        Owns the lab and clicks.
    lab : int
        The lab.
    """

    owner: Client
    lab: int


def gather_owner(url: str, memory: Memory, *, remember: Callable[[], None]) -> Crew:
    """Sign in as the demo's owner; set the site up where it is new.

    Parameters
    ----------
    url : str
        Address of the site.
    memory : Memory
        Gets the token.
    remember : callable
        Called when the memory has changed.

    Returns
    -------
    Crew
        Owner and lab.

    Raises
    ------
    ApiError
        The site belongs to somebody else.
    """
    if OWNER not in memory.tokens:
        # Before the account exists: a demo that is broken off here can still sign in later.
        remember()
        with Client(url) as visitor:
            if visitor.session()["setup_needed"]:
                email = f"{OWNER}@example.org"
                visitor.set_up_site(username=OWNER, email=email, password=memory.password, lab=LAB)
            else:
                _sign_in(visitor, OWNER, memory)
            memory.tokens[OWNER] = visitor.create_token(TOKEN_NAME)
        remember()
    owner = Client(url, token=memory.tokens[OWNER])
    labs = {row["name"]: int(row["id"]) for row in owner.listing("labs")}
    return Crew(owner=owner, lab=labs.get(LAB) or int(owner.post("labs", {"name": LAB})["id"]))


def gather_annotator(
    crew: Crew, name: str, project: int, memory: Memory, *, remember: Callable[[], None]
) -> Client:
    """Bring an annotator into the project, by an invitation as for any person.

    Returns
    -------
    Client
        With the annotator's own token.
    """
    url = crew.owner.url
    if name not in memory.tokens:
        invitation = crew.owner.invite(crew.lab, project=project, project_role="annotator")
        with Client(url) as visitor:
            try:
                visitor.accept_invitation(
                    invitation,
                    username=name,
                    email=f"{name}@example.org",
                    password=memory.password,
                )
            except ApiError as error:
                if error.status not in (400, 409):
                    raise
                # The account is there from a demo that was broken off.
                _sign_in(visitor, name, memory)
            memory.tokens[name] = visitor.create_token(TOKEN_NAME)
        remember()
    members = crew.owner.listing(f"projects/{project}/members")
    if name not in {row["user"]["username"] for row in members}:
        crew.owner.post(f"projects/{project}/members", {"username": name, "role": "annotator"})
    return Client(url, token=memory.tokens[name])


def _sign_in(visitor: Client, name: str, memory: Memory) -> None:
    try:
        visitor.sign_in(name, memory.password)
    except ApiError as error:
        if error.status not in (400, 401, 403):
            raise
        detail = (
            f"The site has accounts of its own, and {name!r} is not one of the demo's. Run the "
            "demo with a state folder of its own: CYTOLOOP_HOME=/some/folder cytoloop demo."
        )
        raise ApiError(error.status, "not_the_demos_site", detail) from error

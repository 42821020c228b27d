"""``import``: a folder, a zip or single files into a data set; again where it was broken off."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from config.env import environment_of_process
from cytoloop.client import ApiError, Client, Upload
from cytoloop.services.paths import Home
from cytoloop.services.state import running_site
from cytoloop.sources import Source, hash_source, list_sources

T = TypeVar("T")

HASHES_AT_ONCE = 500
DETAIL_WIDTH = 90
BAR_WIDTH = 30


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command of this module."""
    parser = commands.add_parser(
        "import",
        help="send pictures to a data set; a second call sends what is missing",
        description="Sends a folder, a zip or single files to a data set. Files the data set has "
        "already (by sha256) are not sent again, so a call that was broken off is simply repeated.",
    )
    parser.add_argument("paths", nargs="+", type=Path, help="folders, zips, files")
    parser.add_argument("--dataset", required=True, help="id or name; a new name makes it")
    parser.add_argument("--masks", type=Path, help="folder of label images with the same names")
    parser.add_argument("--lab", type=int, help="lab of a new data set, where you have several")
    parser.add_argument(
        "--group-by-folder", action="store_true", help="pictures of one folder stay in one split"
    )
    parser.add_argument("--url", help="address of the site (the running one, or CYTOLOOP_URL)")
    parser.add_argument("--token", help="personal token (or CYTOLOOP_TOKEN)")
    parser.add_argument("--parallel", type=int, default=4, help="uploads at the same time")
    parser.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    """Send what the data set does not have; print a line for each file.

    Returns
    -------
    int
        1 where a file was refused.
    """
    sources = list_sources(options.paths, masks=options.masks)
    if not sources:
        print("cytoloop: there are no files to import.", file=sys.stderr)
        return 1
    with connect(options) as client:
        dataset = find_dataset(client, options.dataset, lab=options.lab)
        known = _known(client, dataset, sources)
        rows = [_as_known(source, known[source]) for source in sources if source in known]
        missing = [source for source in sources if source not in known]
        rows += _send_all(client, dataset, missing, options)
    print_table(rows)
    return 1 if any(row.status == "refused" for row in rows) else 0


def connect(options: argparse.Namespace) -> Client:
    """Make the client that the options and the surroundings ask for.

    Raises
    ------
    ApiError
        There is no token, or no site.
    """
    site = running_site(Home(environment_of_process().home))
    url = options.url or os.environ.get("CYTOLOOP_URL") or (site.url if site else None)
    if not url:
        raise ApiError(0, "no_site", "No site runs here: start it, or say where it is with --url.")
    token = options.token or os.environ.get("CYTOLOOP_TOKEN")
    if not token:
        detail = f"Make a token on {url}/account and give it with --token or CYTOLOOP_TOKEN."
        raise ApiError(0, "no_token", detail)
    return Client(url, token=token)


def find_dataset(client: Client, wanted: str, *, lab: int | None) -> int:
    """Find a data set by id or name; make it where the name is new.

    Raises
    ------
    ApiError
        A new one is wanted, and it is not clear in which lab.
    """
    if wanted.isdigit():
        return int(client.get(f"datasets/{wanted}")["id"])
    for row in client.listing("datasets", lab=lab):
        if row["name"] == wanted:
            return int(row["id"])
    labs = [row["id"] for row in client.listing("labs")]
    if lab is None and len(labs) != 1:
        detail = f"Say with --lab in which of your labs {wanted!r} is to be made: {labs}."
        raise ApiError(0, "which_lab", detail)
    return client.create_dataset(lab if lab is not None else labs[0], wanted)


def print_table(rows: Iterable[Upload]) -> None:
    """Print a line for each file, and the sums."""
    rows = list(rows)
    width = max((len(row.filename) for row in rows), default=0)
    for row in sorted(rows, key=lambda row: row.filename):
        why = f"{row.code}: {row.detail}" if row.code else row.detail
        print(f"{row.filename:{width}}  {row.status:9}  {why[:DETAIL_WIDTH]}".rstrip())
    counts = dict.fromkeys(("accepted", "duplicate", "refused", "ignored"), 0)
    for row in rows:
        counts[row.status] = counts.get(row.status, 0) + 1
    print(", ".join(f"{count} {status}" for status, count in counts.items()))


def _known(client: Client, dataset: int, sources: list[Source]) -> dict[Source, int]:
    hashes = {source: hash_source(source) for source in _with_bar("reading", sources)}
    images = [source for source in sources if source.role == "image"]
    known: dict[str, int] = {}
    for start in range(0, len(images), HASHES_AT_ONCE):
        part = images[start : start + HASHES_AT_ONCE]
        known |= client.known_uploads(dataset, [hashes[source] for source in part])
    return {source: known[hashes[source]] for source in images if hashes[source] in known}


def _send_all(
    client: Client, dataset: int, sources: list[Source], options: argparse.Namespace
) -> list[Upload]:
    def send(source: Source) -> list[Upload]:
        group = source.folder if options.group_by_folder else ""
        try:
            with source.open() as content:
                return client.upload(
                    dataset, source.relative, content, role=source.role, group=group
                )
        except ApiError as error:
            if error.status in (0, 401, 403, 404):
                raise
            return [Upload(source.name, "refused", error.code, error.detail, None)]

    rows: list[Upload] = []
    with ThreadPoolExecutor(max(1, options.parallel)) as pool:
        # Masks come after all images: each finds the image it belongs to.
        for role in ("image", "mask"):
            part = [source for source in sources if source.role == role]
            for answer in _with_bar(f"sending {role}s", pool.map(send, part), total=len(part)):
                rows += answer
    return rows


def _as_known(source: Source, image: int) -> Upload:
    return Upload(source.name, "duplicate", "", "the data set has it already", image)


def _with_bar(label: str, items: Iterable[T], total: int | None = None) -> Iterator[T]:
    if total is None:
        items = list(items)
        total = len(items)
    shown = sys.stderr.isatty() and total > 0
    for done, item in enumerate(items, start=1):
        yield item
        if shown:
            filled = BAR_WIDTH * done // total
            bar = "#" * filled + "." * (BAR_WIDTH - filled)
            end = "\n" if done == total else ""
            print(f"\r{label:15} [{bar}] {done}/{total}", end=end, file=sys.stderr, flush=True)

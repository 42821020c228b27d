"""``predict``: files, or a whole data set, given to a model of a site."""

import argparse
import sys
from pathlib import Path

from cytoloop.cli.imports import connect, find_dataset
from cytoloop.predictions import SUFFIXES, Predictions
from cytoloop.sources import Source, list_sources
from cytoloop.transport import ApiError, Json

LABEL_FORMS = ("ome-tiff", "png")
UNCERTAINTY = "uncertainty"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command of this module."""
    parser = commands.add_parser(
        "predict",
        help="outline, count and measure cells, or class pictures, with a model of the site",
        description="Sends pictures to a model and writes what it says beside each other into a "
        "folder; with --dataset the site predicts a whole data set and the answer is one zip.",
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders of pictures")
    parser.add_argument("--model", type=int, required=True, help="id of the model (in its address)")
    parser.add_argument("--dataset", help="id or name of a data set, instead of files")
    parser.add_argument("--out", type=Path, default=Path("predictions"), help="folder, or zip")
    parser.add_argument(
        "--format",
        action="append",
        choices=list(SUFFIXES),
        help="may be given several times; label images and tables (ome-tiff and csv) by default",
    )
    parser.add_argument("--url", help="address of the site (the running one, or CYTOLOOP_URL)")
    parser.add_argument("--token", help="personal token (or CYTOLOOP_TOKEN)")
    parser.set_defaults(run=run_predict)


def run_predict(options: argparse.Namespace) -> int:
    """Predict files or a data set; print a line for each file.

    Returns
    -------
    int
        1 where a picture was refused.
    """
    if bool(options.paths) == bool(options.dataset):
        print("cytoloop: give files, or --dataset.", file=sys.stderr)
        return 1
    with connect(options) as client:
        if options.dataset:
            dataset = find_dataset(client, options.dataset, lab=None)
            return _predict_dataset(client.predictions, options, dataset)
        return _predict_files(client.predictions, options)


def _predict_dataset(predictions: Predictions, options: argparse.Namespace, dataset: int) -> int:
    forms = options.format or []
    batch = predictions.start_batch(
        options.model, dataset=dataset, uncertainty=UNCERTAINTY in forms
    )
    batch = predictions.wait_for_batch(int(batch["id"]), report=_show_progress)
    target = options.out if options.out.suffix == ".zip" else options.out.with_suffix(".zip")
    labels = next((form for form in forms if form in LABEL_FORMS), LABEL_FORMS[0])
    with target.open("wb") as stream:
        predictions.download_batch(int(batch["id"]), stream, labels=labels)
    print(f"{batch['n_done']} pictures in {target}, {batch['n_refused']} refused")
    return 1 if batch["n_refused"] else 0


def _predict_files(predictions: Predictions, options: argparse.Namespace) -> int:
    sources = [source for source in list_sources(options.paths) if source.role == "image"]
    refused = 0
    for source in sources:
        try:
            written = _predict_file(predictions, options, source)
        except ApiError as error:
            if error.status in (0, 401, 403, 404):
                raise
            refused += 1
            print(f"{source.relative}  {error.code}: {error.detail}")
        else:
            print(f"{source.relative}  {', '.join(path.name for path in written)}")
    return 1 if refused else 0


def _predict_file(
    predictions: Predictions, options: argparse.Namespace, source: Source
) -> list[Path]:
    written = []
    beside = options.out / Path(source.relative).parent
    beside.mkdir(parents=True, exist_ok=True)
    # A picture that is first asked about without it would be predicted twice.
    forms = sorted(options.format or ("ome-tiff", "csv"), key=lambda form: form != UNCERTAINTY)
    for form in forms:
        target = beside / f"{Path(source.name).stem}{SUFFIXES[form]}"
        with source.open() as content:
            answer = predictions.predict_file(options.model, source.name, content, form=form)
        target.write_bytes(answer.content)
        written.append(target)
    return written


def _show_progress(batch: Json) -> None:
    if sys.stderr.isatty():
        print(f"\r{batch['n_done']}/{batch['n_images']}", end="", file=sys.stderr, flush=True)

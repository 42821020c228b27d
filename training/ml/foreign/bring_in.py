"""Bring a model in from a file: one of ours, a BioImage.IO package, or a bare network."""

from __future__ import annotations

import json
import shutil
import warnings
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError

from training.brought import Brought
from training.ml.archive import list_names, unpack
from training.ml.card import load_card
from training.ml.checkpoint import load_weights
from training.ml.errors import TrainingError
from training.ml.foreign.package import bad, describe, find_description, read_yaml
from training.ml.foreign.predictor import NETWORK_FILE, check_hash, hash_file
from training.ml.foreign.spec import FOREIGN, ForeignSpec, spec_from_json
from training.ml.foreign.verify import verify_package, verify_shape
from training.ml.kinds import TASK_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from training.ml.sandbox.session import SandboxSettings

CARD, WEIGHTS = "model.json", "weights.safetensors"
# Networks of ours are far smaller; settings beyond are no model but an attack on memory.
MOST_LEVELS, MOST_WIDTH = 10, 4096
ZIP_MAGIC, PICKLE_MAGIC = b"PK\x03\x04", b"\x80"


def bring_in(
    source: Path,
    folder: Path,
    form: Mapping[str, Any],
    *,
    settings: SandboxSettings | None = None,
) -> Brought:
    """Look at a file, check what it holds, and say what it is.

    A network of strangers is run once in the sandbox: on the package's test input, whose output
    has to come out, or on a made-up picture, to see that axes and channels are as stated.

    Parameters
    ----------
    source : Path
        The file as it came.
    folder : Path
        Empty; for what is unpacked.
    form : mapping
        Fields of `ForeignSpec` that a person gave; they go before what a package says.
    settings : SandboxSettings or None
        Time and memory.

    Returns
    -------
    Brought
        Its files are in ``folder``.

    Raises
    ------
    TrainingError
        Codes ``bad_package``, ``bad_hash``, ``pickle_refused``, ``unknown_network``,
        ``bad_network_form``, ``unknown_processing``, ``package_differs``, ``network_output``, and
        those of the sandbox.
    """
    kind = _look(source)
    if kind != "package":
        return _bare(source, folder, {**form, "format": kind}, settings)
    inside = folder / "package"
    unpack(source, inside)
    description = find_description(inside)
    if (inside / CARD).is_file() and (inside / WEIGHTS).is_file():
        return _ours(inside)
    if description is None:
        raise bad("it holds neither rdf.yaml nor a model of ours (model.json)")
    said = describe(description)
    network = inside / said.network
    digest = str(form.get("sha256") or said.sha256)
    if not digest:
        raise TrainingError(
            "bad_hash", "The description states no SHA-256 of the weights. State it in the form."
        )
    check_hash(network, digest)
    given = {name: value for name, value in form.items() if value not in (None, "", [])}
    spec = spec_from_json({**said.spec, **given, "format": said.format, "sha256": digest.lower()})
    tests = [inside / name for name in said.tests]
    checked = verify_package(network, spec, tests, settings)
    return _foreign(network, spec, said.about, checked)


def _look(source: Path) -> str:
    """Tell a package, a TorchScript file, a pickle and an ONNX file apart, by their bytes."""
    with source.open("rb") as stream:
        begin = stream.read(16)
    if begin.startswith(ZIP_MAGIC):
        return _look_into_zip(source)
    if begin.startswith(PICKLE_MAGIC):
        raise _pickle()
    # An ONNX file begins with the field `ir_version`.
    if begin[:1] == b"\x08":
        return "onnx"
    raise TrainingError(
        "unknown_network",
        "This is neither a BioImage.IO package, nor TorchScript, nor ONNX. Export the network as "
        "one of them.",
    )


def _look_into_zip(source: Path) -> str:
    parts = {name.split("/", 1)[1] for name in list_names(source) if "/" in name}
    if "constants.pkl" in parts and any(part.startswith("code/") for part in parts):
        return "torchscript"
    if "data.pkl" in parts:
        raise _pickle()
    return "package"


def _pickle() -> TrainingError:
    return TrainingError(
        "pickle_refused",
        "This is a pickled PyTorch file (a state dict or a whole model). To read it is to run "
        "whatever code it holds, so it is refused. Save the network by torch.jit.trace and "
        "torch.jit.save, or by torch.onnx.export, and bring that in.",
    )


def _bare(
    source: Path, folder: Path, form: Mapping[str, Any], settings: SandboxSettings | None
) -> Brought:
    """Take a network without a description."""
    folder.mkdir(parents=True, exist_ok=True)
    network = folder / NETWORK_FILE
    shutil.copyfile(source, network)
    digest = hash_file(network)
    check_hash(network, str(form.get("sha256") or digest))
    spec = spec_from_json({**form, "sha256": digest})
    checked = verify_shape(network, spec, settings)
    return _foreign(network, spec, {}, checked)


def _foreign(
    network: Path, spec: ForeignSpec, about: Mapping[str, Any], checked: Mapping[str, Any]
) -> Brought:
    model = {FOREIGN: spec.to_json(), "task_kind": spec.task_kind, "classes": list(spec.classes)}
    return Brought(model, network, False, spec.task_kind, spec.classes, about, checked)


def _ours(inside: Path) -> Brought:
    """Take a model that was trained by this software; its weights have to fit its settings."""
    _check_attachments(inside)
    card = load_card(inside / CARD)
    weights = load_weights(inside / WEIGHTS)
    config = card.config.network
    if len(config.channels) > MOST_LEVELS or max(*config.channels, config.trunk) > MOST_WIDTH:
        raise bad("its network is larger than any that is made here")
    if card.task_kind not in TASK_KINDS:
        raise bad(f"models of kind {card.task_kind!r} are not known here")
    try:
        # Shapes are compared without memory being taken for them.
        with torch.device("meta"), warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            TASK_KINDS[card.task_kind].predictor(card, weights, torch.device("meta"))
    except (RuntimeError, KeyError, TypeError, ValueError, SafetensorError) as error:
        why = " ".join(str(error).split())[:200]
        raise bad(f"its weights do not fit its settings ({why})") from error
    about: dict[str, Any] = {}
    if (inside / "card.json").is_file():
        about = _about(inside / "card.json")
    model = json.loads((inside / CARD).read_text(encoding="utf-8"))
    checked = {"by": "weights_fit"}
    return Brought(model, inside / WEIGHTS, True, card.task_kind, card.classes, about, checked)


def _check_attachments(inside: Path) -> None:
    """Compare our files with the hashes that the package's description states."""
    description = find_description(inside)
    if description is None:
        return
    stated = {
        str(one.get("source")): str(one.get("sha256"))
        for one in read_yaml(description).get("attachments") or []
        if isinstance(one, dict)
    }
    for name in (CARD, WEIGHTS):
        check_hash(inside / name, stated.get(name, ""))


def _about(path: Path) -> dict[str, Any]:
    """Plain sentences of a card that came along; nothing of it is believed as measured here."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return {
            "name": str(values.get("name", ""))[:200],
            "authors": [str(name)[:200] for name in values.get("authors", [])][:50],
            "licence": str(values.get("licence", ""))[:100],
            "description": str(values.get("intended_use", ""))[:2000],
        }
    except (ValueError, TypeError, AttributeError):
        return {}

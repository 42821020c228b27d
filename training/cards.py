"""The model card for people: what a model is, learned from and can do; as JSON and Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class CardDocument:
    """All that is said of a model; each part may be missing, and then says so in words.

    Attributes
    ----------
    name : str
        Of the model.
    task_kind : str
        What it does.
    classes : sequence of str
        What it tells apart, in the order of its outputs.
    intended_use, licence : str
        Written by a person.
    authors : sequence of str
        Written by a person.
    origin : mapping
        Where it comes from: ``kind`` (trained, adopted, imported), and what is known beside.
    data : mapping
        ``snapshot`` (hash), ``datasets`` (name, licence, modality, organism, stain), ``counts``
        (images, groups and objects per split).
    metrics : mapping
        Split to {name: {value, low, high, images_low, images_high, n, groups}}; the intervals are
        of 90 %, by resampling groups and single images.
    findings : sequence of mapping
        Of the run doctor: evidence, meaning, remedy.
    calibration : mapping
        Numbers by name, where the run measured it.
    limits : mapping
        What was seen in training: ``dims``, ``channels``, ``height``, ``width``, ``depth`` and
        ``pixel_size_um`` as (smallest, largest), ``diameters`` in pixels.
    training : mapping
        ``minutes``, ``seconds``, ``steps``, ``seed``, ``code_version``, ``environment``, ``init``.
    """

    name: str
    task_kind: str
    classes: Sequence[str] = ()
    intended_use: str = ""
    licence: str = ""
    authors: Sequence[str] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Mapping[str, Mapping[str, Any]]] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()
    calibration: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def card_from_json(values: Mapping[str, Any]) -> CardDocument:
    """Read what `CardDocument.to_json` wrote; parts of later versions are passed over."""
    known = CardDocument.__dataclass_fields__
    return CardDocument(**{name: value for name, value in values.items() if name in known})


def render_markdown(card: CardDocument) -> str:
    """Render a card as Markdown; the same card gives the same text.

    Parameters
    ----------
    card : CardDocument
        What to say.

    Returns
    -------
    str
        Ends with a line feed.
    """
    parts = [
        f"# {card.name}\n",
        "\n".join(_summary(card)),
        _section("Intended use", [card.intended_use or "Nobody has written this part yet."]),
        _section("Data", _data(card.data)),
        _section("Validation", _quality(card.metrics)),
        _section("What the run doctor found", _findings(card.findings)),
        _section("Calibration", _pairs(card.calibration) or ["Not measured."]),
        _section("Limits", _limits(card.limits)),
        _section("How it was made", _made(card)),
    ]
    return "\n".join(parts)


def _section(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(lines) + "\n"


def _summary(card: CardDocument) -> Iterator[str]:
    yield f"- Task: {card.task_kind}"
    if card.classes:
        yield f"- Classes: {', '.join(map(_inline, card.classes))}"
    yield f"- Licence: {_inline(card.licence) or 'not chosen'}"
    yield f"- Authors: {', '.join(map(_inline, card.authors)) or 'not named'}\n"


def _data(data: Mapping[str, Any]) -> list[str]:
    if not data:
        return ["Nothing is known of what it was trained on."]
    lines = [f"- Snapshot: `{data.get('snapshot', '')}`"]
    for split, counts in data.get("counts", {}).items():
        lines.append(f"- {split}: " + ", ".join(f"{n} {what}" for what, n in counts.items()))
    for one in data.get("datasets", ()):
        facts = [str(value) for key, value in one.items() if key != "name" and value]
        lines.append(
            f"- Data set {_inline(one['name'])}: {_inline('; '.join(facts)) or 'no facts'}"
        )
    return lines


def _quality(metrics: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> list[str]:
    if not metrics:
        return ["Not measured yet."]
    lines = [
        "90 % intervals, by resampling whole groups and by resampling single images.\n",
        "| split | metric | value | by groups | by images | images | groups |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for split, rows in metrics.items():
        for name, row in rows.items():
            by_group = _range(row.get("low"), row.get("high"))
            by_image = _range(row.get("images_low"), row.get("images_high"))
            counts = f"{row.get('n', '')} | {row.get('groups', '')}"
            lines.append(
                f"| {split} | {name} | {_number(row.get('value'))} | {by_group} | {by_image} "
                f"| {counts} |"
            )
    return lines


def _findings(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"- {_inline(str(one.get('evidence', '')))} {_inline(str(one.get('meaning', '')))}"
        for one in findings
    ] or ["Nothing."]


def _limits(limits: Mapping[str, Any]) -> list[str]:
    if not limits:
        return ["Unknown: it was not trained here."]
    lines = [
        "Seen in training; outside of this it was never tested.\n",
        f"- {limits.get('dims', '?')}-D pictures with {limits.get('channels', '?')} channel(s)",
    ]
    for name, unit in (
        ("height", "pixels"),
        ("width", "pixels"),
        ("depth", "planes"),
        ("pixel_size_um", "µm per pixel"),
        ("diameters", "pixels across an object"),
    ):
        if limits.get(name):
            lines.append(f"- {name.replace('_um', '').replace('_', ' ')}: "
                         f"{_range(*limits[name])} {unit}")  # fmt: skip
    return lines


def _made(card: CardDocument) -> list[str]:
    lines = [f"- Origin: {_inline(str(card.origin.get('kind', 'trained')))}"]
    lines += _pairs({key: value for key, value in card.origin.items() if key != "kind"})
    return lines + _pairs(card.training)


def _pairs(values: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            inner = ", ".join(f"{key} {_number(one)}" for key, one in value.items() if one)
            lines.append(f"- {name.replace('_', ' ')}: {_inline(inner)}")
        elif value not in (None, "", [], ()):
            lines.append(f"- {name.replace('_', ' ')}: {_inline(_number(value))}")
    return lines


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value)


def _range(low: object, high: object) -> str:
    if low is None or high is None:
        return ""
    return _number(low) if low == high else f"{_number(low)} to {_number(high)}"


def _inline(text: str) -> str:
    """Keep what people wrote on one line of a list or a cell of a table, as plain text."""
    flat = " ".join(text.split())
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|#" else letter for letter in flat)

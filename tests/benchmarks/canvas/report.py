"""The result as a table, and whether it is good enough."""

from statistics import median
from typing import Any

from tests.benchmarks.canvas.scenes import FEW, LARGE_SIDE, MANY, SIDE, scene

ACTS = ("pan", "zoom", "brush", "contrast")
MOST_FOR_CELLS, MOST_FOR_SIZE = 1.3, 2.0
# Differences below this are the clock's and the machine's.
NOISE_MS = 0.3
MIB = 1 << 20

Row = dict[str, Any]


def write(result: dict[str, Any]) -> str:
    """Write the table; times are milliseconds, median and 95th percentile."""
    load = result["load"]
    lines = [
        f"graphics: {result['graphics']}",
        f"load of the machine: {load['before']:.1f} before, {load['after']:.1f} after",
        "",
        f"{'scene':<34} {'how':<11}"
        + "".join(f"{act:>17}" for act in ACTS)
        + f"{'heap MiB':>10}{'pictures MiB':>14}",
    ]
    lines += [_frame_line(row) for row in result["frames"]]
    lines += ["", "ratios of medians, Canvas2D : WebGL"]
    lines += [_ratio_line(row, result["frames"]) for row in result["frames"] if _is_plain(row)]
    lines += ["", f"WebGL, {MANY:,} cells : {FEW} cells"]
    lines.append("  " + _named(growth_by_cells(result["frames"])))
    lines.append(f"WebGL, {LARGE_SIDE:,} pixels wide : {SIDE:,} pixels wide")
    lines.append("  " + _named(growth_by_size(result["frames"])))
    for row in result["latency"]:
        lines.append(f"pointer to stroke on the screen, {row['how']}: {_times(row)} ms")
    if result["submits"]:
        times = sorted(result["submits"])
        shown = f"median {times[len(times) // 2]:.0f}, slowest {times[-1]:.0f} ms"
        lines.append(f"submit to the next sample's picture, {len(times)} times: {shown}")
    return "\n".join(lines) + "\n"


def growth_by_cells(rows: list[Row]) -> dict[str, float]:
    """Say how many times longer each act takes with many cells than with few."""
    many, few = _webgl(rows, SIDE, MANY), _webgl(rows, SIDE, FEW)
    return {act: _growth(many, few, act) for act in ACTS}


def growth_by_size(rows: list[Row]) -> dict[str, float]:
    """Say how many times longer each act takes on the large picture than on the small one."""
    large, small = _webgl(rows, LARGE_SIDE, MANY), _webgl(rows, SIDE, MANY)
    return {act: _growth(large, small, act) for act in ACTS}


def is_good(result: dict[str, Any]) -> bool:
    """Whether frames do not grow with cells, nor brush steps with the picture."""
    by_cells, by_size = growth_by_cells(result["frames"]), growth_by_size(result["frames"])
    return max(by_cells.values()) <= MOST_FOR_CELLS and by_size["brush"] <= MOST_FOR_SIZE


def _growth(rows: list[Row], bases: list[Row], act: str) -> float:
    now, then = (median(row[act]["median"] for row in side) for side in (rows, bases))
    return 1.0 if abs(now - then) < NOISE_MS else now / then


def _webgl(rows: list[Row], side: int, cells: int) -> list[Row]:
    """Each time that a scene of one channel was measured."""
    spec = scene(side, cells=cells)
    return [row for row in rows if row["spec"] == spec and row["how"] == "webgl"]


def _is_plain(row: Row) -> bool:
    return bool(row["how"] == "canvas2d")


def _scene(spec: dict[str, int]) -> str:
    plural = "s" if spec["channels"] > 1 else ""
    return (
        f"{spec['width']} x {spec['height']}, {spec['channels']} channel{plural}, {spec['cells']}"
    )


def _frame_line(row: Row) -> str:
    times = "".join(f"{_times(row[act]):>17}" for act in ACTS)
    memory = f"{row['heapBytes'] / MIB:>10.0f}{row['pictureBytes'] / MIB:>14.0f}"
    return f"{_scene(row['spec']):<34} {row['how']:<11}{times}{memory}"


def _ratio_line(row: Row, rows: list[Row]) -> str:
    ours = [one for one in rows if one["spec"] == row["spec"] and one["how"] == "webgl"]
    ratios = {
        act: row[act]["median"] / max(median(one[act]["median"] for one in ours), 1e-3)
        for act in ACTS
    }
    return f"  {_scene(row['spec']):<34} {_named(ratios)}"


def _times(times: dict[str, float]) -> str:
    return f"{times['median']:.1f} / {times['p95']:.1f}"


def _named(ratios: dict[str, float]) -> str:
    return "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items())

"""How fast the canvas is; see README.md beside this file."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.canvas import report
from tests.benchmarks.canvas.scenes import frame_scenes, latency_scenes

FRONTEND = Path(__file__).parents[3] / "frontend"
SUBMITS = 8


def main() -> int:
    """Run the benchmark; 1 when its targets are missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the extremes only")
    parser.add_argument("--no-site", action="store_true", help="without the real site")
    parser.add_argument("--hardware", action="store_true", help="do not ask for software graphics")
    parser.add_argument("--json", type=Path, help="write the result here as well")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="cyc-")))
        _build(folder)
        wanted = {
            "folder": str(folder),
            "hardware": options.hardware,
            "frames": frame_scenes(quick=options.quick),
            "latency": latency_scenes(),
        }
        if not options.no_site:
            wanted["site"] = _start_site(undo)
        result = _drive(wanted)
    result["load"] = {"before": load, "after": os.getloadavg()[0]}
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))
    sys.stdout.write(report.write(result))
    return 0 if report.is_good(result) else 1


def _build(folder: Path) -> None:
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    command = [
        _node(),
        str(vite),
        "build",
        "--config",
        "vite.bench.config.ts",
        "--logLevel",
        "warn",
    ]
    environment = os.environ | {"CYTOLOOP_BENCH_OUT": str(folder)}
    subprocess.run(command, cwd=FRONTEND, env=environment, check=True)


def _start_site(undo: ExitStack) -> dict[str, Any]:
    # The site sets variables that Django's settings read when they are first imported.
    from tests.benchmarks.canvas.site import make_project  # noqa: PLC0415
    from tests.benchmarks.queue.site import Site  # noqa: PLC0415

    site = undo.enter_context(Site())
    return {"url": f"http://127.0.0.1:{site.port}", "count": SUBMITS, **make_project(SUBMITS + 2)}


def _drive(wanted: dict[str, Any]) -> dict[str, Any]:
    command = [_node(), "bench/drive.js", json.dumps(wanted)]
    done = subprocess.run(command, cwd=FRONTEND, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise SystemExit("node is not on the path: `make setup` finds one or installs it.")
    return node


if __name__ == "__main__":
    sys.exit(main())

"""How fast the queue serves a crowd; see README.md beside this file."""

import argparse
import os
import sys
from itertools import chain

import numpy as np

from tests.benchmarks.queue.people import Diary, Work, let_work
from tests.benchmarks.queue.site import Site, make_crowd

HEAD = (
    f"{'people':>6} {'edits':>5} {'pairs/s':>8} {'claim p50':>10} {'p95':>8} "
    f"{'submit p50':>11} {'p95':>8} {'ops p50':>8} {'p95':>8} {'twice':>6} {'failed':>6} "
    f"{'web CPU':>10} {'db CPU':>10}\n"
)
WARM_UP_SECONDS = 4.0
WANTED_PAIRS, WANTED_CLAIM_SECONDS = 30.0, 0.5


def main() -> int:
    """Run the benchmark; 1 when its targets are missed with 32 people."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--people", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--edits", type=int, default=0, help="strokes stored per sample")
    options = parser.parse_args()
    sys.stdout.write(f"load of the machine before: {os.getloadavg()[0]:.1f}\n{HEAD}")
    is_good = True
    with Site() as site:
        # The first requests of a process import what it needs: nobody waits for that later.
        warm = make_crowd(people=8, samples=1000)
        let_work(warm.secrets, Work(site.port, warm.project, WARM_UP_SECONDS, options.edits))
        for people in options.people:
            crowd = make_crowd(people=people, samples=options.samples)
            work = Work(site.port, crowd.project, options.seconds, options.edits)
            before = site.cpu_seconds()
            diaries = let_work(crowd.secrets, work)
            used = np.subtract(site.cpu_seconds(), before)
            is_good &= _report(diaries, work, used)
    return 0 if is_good else 1


def _report(diaries: list[Diary], work: Work, used: np.ndarray) -> bool:
    served = list(chain.from_iterable(diary.samples for diary in diaries))
    failures = list(chain.from_iterable(diary.failures for diary in diaries))
    claims, submits, edits = (
        np.array(list(chain.from_iterable(getattr(diary, name) for diary in diaries))) * 1000
        for name in ("claims", "submits", "edits")
    )
    twice = len(served) - len(set(served))
    pairs = submits.size / work.seconds
    web, database = 1000 * used / max(submits.size, 1)
    sys.stdout.write(
        f"{len(diaries):>6} {work.edits:>5} {pairs:>8.1f} {_ms(claims, 50):>10} "
        f"{_ms(claims, 95):>8} {_ms(submits, 50):>11} {_ms(submits, 95):>8} "
        f"{_ms(edits, 50):>8} {_ms(edits, 95):>8} {twice:>6} {len(failures):>6} "
        f"{web:>7.1f} ms {database:>7.1f} ms\n"
    )
    for failure in failures[:3]:
        sys.stdout.write(f"  {failure}\n")
    sys.stdout.flush()
    fast = pairs >= WANTED_PAIRS and np.percentile(claims, 95) < 1000 * WANTED_CLAIM_SECONDS
    return not twice and not failures and (fast or len(diaries) < 32 or work.edits > 0)


def _ms(times: np.ndarray, percentile: int) -> str:
    return f"{np.percentile(times, percentile):.1f} ms" if times.size else "-"


if __name__ == "__main__":
    sys.exit(main())

"""What settings have to be, so that a run can use them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from training.ml.heads import HEADS
from training.ml.networks import AUTO, NETWORKS
from training.ml.pretraining.settings import pretrain_rules
from training.ml.uncertainty import UNCERTAINTY

if TYPE_CHECKING:
    from training.ml.config import Config


def rules(c: Config) -> list[tuple[str, bool, str]]:
    """Each setting, whether its rule holds, and the rule in words."""
    data, net, optim, infer = c.data, c.network, c.optim, c.infer
    doubt = c.uncertainty
    coarsest = math.prod(net.strides)
    return [
        ("seed", c.seed >= 0, "0 or more"),
        ("minutes", c.minutes >= 0, "0 or more"),
        ("steps", c.steps >= 1, "1 or more"),
        ("head", c.head in HEADS, f"one of {', '.join(HEADS)}"),
        ("network.name", net.name in (AUTO, *NETWORKS), f"one of {', '.join((AUTO, *NETWORKS))}"),
        ("model", c.model in ("network", "softmax"), "'network' or 'softmax'"),
        ("data.low", 0 <= data.low < data.high <= 100, "below data.high, both in 0..100"),
        ("data.diameter", data.diameter == 0 or data.diameter >= 4, "0, or at least 4 pixels"),
        ("data.patch", data.patch >= 2 * coarsest and data.patch % coarsest == 0,
         f"a multiple of the strides' product ({coarsest}) and at least twice it"),
        ("data.patch_z", data.patch_z >= 1, "1 or more"),
        ("data.foreground", 0 <= data.foreground <= 1, "in 0..1"),
        ("data.crop", data.crop >= 16, "16 or more"),
        ("data.memory", data.memory > 0, "above 0"),
        ("data.balance", 0 <= data.balance <= 1, "in 0..1"),
        ("network.dims", net.dims in (0, 2, 3), "0 (by the pictures), 2 or 3"),
        ("network.strides", len(net.strides) == len(net.channels) - 1, "one less than channels"),
        ("network.norm", net.norm in ("batch", "instance", "group"), "batch, instance or group"),
        ("optim.batch", optim.batch >= 2, "2 or more"),
        ("optim.smallest_batch", optim.smallest_batch >= 2, "2 or more"),
        ("optim.wanted_steps", optim.wanted_steps >= 0, "0 or more"),
        ("optim.rate", 0 < optim.rate < 1, "in 0..1"),
        ("optim.warmup", 0 <= optim.warmup < 1, "in 0..1"),
        ("optim.ema", 0 <= optim.ema < 1, "in 0..1"),
        ("optim.precision", optim.precision in ("auto", "fp32", "bf16", "fp16"),
         "auto, fp32, bf16 or fp16"),
        ("infer.tile", infer.tile % coarsest == 0 and infer.tile >= 2 * coarsest,
         f"a multiple of {coarsest}"),
        ("infer.whole", infer.whole > 0, "above 0"),
        ("infer.block", infer.block >= 256, "256 or more"),
        ("infer.overlap", 0 <= infer.overlap < 0.9, "in 0..0.9"),
        ("infer.passes", infer.passes >= 1, "1 or more"),
        ("doctor.share", 0 < c.doctor.share <= 0.2, "in 0..0.2"),
        ("doctor.batch_fit", c.doctor.batch_fit in ("auto", "always", "never"),
         "auto, always or never"),
        ("network.dropout", 0 <= net.dropout < 1, "in 0..1"),
        ("uncertainty.method", doubt.method in UNCERTAINTY, f"one of {', '.join(UNCERTAINTY)}"),
        ("uncertainty.members", 2 <= doubt.members <= 100, "in 2..100"),
        ("uncertainty.rate", 0 < doubt.rate < 1, "above 0 and below 1"),
        ("uncertainty.cycles", 1 <= doubt.cycles <= 100, "in 1..100"),
        ("uncertainty.snapshots",
         doubt.snapshots in (0, *range(2, 1 + (doubt.cycles if doubt.cycles > 1 else 50))),
         "0, or 2 to 50, and not more than the cycles where there are several"),
        ("uncertainty.method", doubt.method != "snapshots" or doubt.snapshots >= 2,
         "another one, or uncertainty.snapshots 2 or more"),
        *pretrain_rules(c.pretrain),
    ]  # fmt: skip

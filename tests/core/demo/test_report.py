"""The demo's table and what it remembers."""

from cytoloop.demo.plan import DemoPlan, load_memory, save_memory
from cytoloop.demo.report import format_table
from cytoloop.services.paths import Home

EFFORT = {"answers": 6, "seconds": 480.0, "operations": 71, "objects": 150}
REPORT = {
    "project": 1,
    "start": {"ap50": 0.61, "ap75": 0.4},
    "rounds": [
        {
            "round": 1,
            "arms": [
                {
                    "arm": "control",
                    "strategy": "random",
                    "labels": 2,
                    "labels_so_far": 2,
                    "effort": EFFORT,
                    "ap50": 0.5,
                    "ap75": 0.3,
                },
                {
                    "arm": "strategy",
                    "strategy": "margin",
                    "labels": 6,
                    "labels_so_far": None,
                    "effort": EFFORT,
                    "ap50": None,
                    "ap75": None,
                },
            ],
            "labels": 8,
            "model": 1,
            "model_state": "champion",
            "ap50": 0.7,
            "ap75": None,
        }
    ],
}


def test_the_table_has_a_line_for_each_arm():
    lines = format_table(REPORT)
    assert [" ".join(line.split()) for line in lines[:6] if not line.startswith("-")] == [
        "round arm labels effort edits AP50 AP75 model",
        "start - 0 - - 0.610 0.400 classical",
        "1 all 8 16.0 min 142 0.700 - 1 (champion)",
        "control (random) +2 8.0 min 71 0.500 0.300",
        "strategy (margin) +6 8.0 min 71 - -",
    ]
    assert len({len(line) for line in lines[:6]}) == 1


def test_what_is_remembered_is_private_and_comes_back(tmp_path):
    home = Home(tmp_path)
    memory = load_memory(home)
    memory.tokens["ana"] = "cyt_x"
    memory.reports["Demo"] = {"project": 3}
    save_memory(home, memory)
    assert load_memory(home) == memory
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_there_is_a_name_for_any_number_of_people(tmp_path):
    assert DemoPlan(annotators=2).people == ("ana", "ben")
    assert len(set(DemoPlan(annotators=30).people)) == 30
    assert DemoPlan(images=tmp_path / "dsb" / "images").name == "Demo: dsb"

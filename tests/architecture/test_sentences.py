"""Every code that is raised has a sentence in Chinese: a reader of Chinese gets them all."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "frontend/src/ui/messages/zh/problems.ts"
RAISED = re.compile(r'\b(?:DomainError|Conflict|UnreadableError)\(\s*"([a-z_]+)"')


def test_every_code_has_a_sentence_in_chinese():
    sources = [path for name in ("annotations", "training") for path in (ROOT / name).rglob("*.py")]
    raised = {code for path in sources for code in RAISED.findall(path.read_text())}
    known = set(re.findall(r"^  '?([a-z_.]+)'?:", CATALOGUE.read_text(), re.MULTILINE))

    assert len(raised) > 50
    assert sorted(raised - known) == [], f"Say these in {CATALOGUE.relative_to(ROOT)}"

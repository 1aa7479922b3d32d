"""``orc fix`` puts right what is sure, again until nothing changes, and never changes what was right."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.review import mend
from tests.language.shop import CAMPAIGN, FILES

SEG = "campaigns/segments/more.seg"
CAMPAIGN_PATH = "campaigns/autumn.yml"


def mended(text: str, unsafe: bool = False, path: str = SEG) -> str:
    """Give one file after all rounds."""
    result = mend({**FILES, path: text}, Path(), unsafe)
    assert set(result.texts) <= {path}
    return result.texts.get(path, text)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("segment a where email = 'x'", 'segment a where email is "x"'),
        ("segment a where did purchase in the last 30 days", "segment a where did purchase in last 30 days"),
        ('segment a where email in ("x", "y")', 'segment a where email is one of ("x", "y")'),
        (
            "# why\nsegment a where email != 'x'   # not x\n  and email is known\n",
            '# why\nsegment a where email is not "x"   # not x\n  and email is known\n',
        ),
    ],
)
def test_habits_are_put_right(wrong: str, right: str) -> None:
    """Several rounds for several mistakes of one sentence; comments and spaces stay."""
    assert mended(wrong) == right


def test_several_definitions_of_a_file_are_mended_at_once() -> None:
    """A file with three mistakes needs one call."""
    wrong = "segment a where email = 'x'\n\nsegment b where EMAIL is known\nsegment c where did not purchase once\n"
    result = mend({**FILES, SEG: wrong}, Path())
    assert result.texts[SEG].startswith('segment a where email is "x"\n\nsegment b where')
    assert len(result.applied) >= 2


def test_line_ends_of_other_systems_stay() -> None:
    """A file with CR LF keeps them."""
    assert mended("segment a\r\nwhere email = 'x'\r\n") == 'segment a\r\nwhere email is "x"\r\n'


def test_an_expression_inside_yaml_is_mended_in_place() -> None:
    """The keys and comments around it stay as they are."""
    audience = next(line for line in CAMPAIGN.splitlines() if line.startswith("audience:"))
    wrong = CAMPAIGN.replace(audience, "audience: email = 'x'  # who")
    assert mended(wrong, path=CAMPAIGN_PATH) == CAMPAIGN.replace(audience, 'audience: email is "x"  # who')


def test_a_misspelt_key_is_mended() -> None:
    """What is close to exactly one key is that key."""
    assert mended(CAMPAIGN.replace("owner:", "onwer:"), path=CAMPAIGN_PATH) == CAMPAIGN


def test_a_guess_is_only_made_when_asked_for() -> None:
    """`did you mean` is a guess: another name could have been meant."""
    wrong = 'segment a where emial is "x"'
    assert mended(wrong) == wrong
    assert mended(wrong, unsafe=True) == 'segment a where email is "x"'


def test_what_is_right_stays() -> None:
    """Nothing is touched where nothing is wrong."""
    assert mend(FILES, Path()).texts == {}


def test_only_the_files_asked_for_change() -> None:
    """The other one is left with its mistakes."""
    other = "campaigns/segments/other.seg"
    texts = {**FILES, SEG: "segment a where email = 'x'", other: "segment b where email = 'x'"}
    result = mend(texts, Path(), only=frozenset({SEG}))
    assert set(result.texts) == {SEG}
    assert any(finding.span.path == other for finding in result.left)

"""The folder as a whole: which files are read, and that a broken one never stops the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.language import Loaded, find_root, load_texts, load_workspace
from orchestrator.model.errors import UsageError

from .shop import CAMPAIGN, FILES, SEGMENTS, codes, load, said


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write a workspace into a folder."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def found(loaded: Loaded) -> list[str]:
    """Give ``path CODE`` of each finding."""
    return [f"{f.span.path} {f.code}" for f in loaded.diagnostics]


def test_a_folder_reads_as_its_texts(tmp_path: Path) -> None:
    """Reading a folder and reading its texts give the same workspace."""
    loaded = load_workspace(write(tmp_path, dict(FILES)))
    assert found(loaded) == []
    texts = load_texts(FILES, tmp_path)
    assert loaded == texts
    assert loaded.workspace.templates.keys() == {"autumn/body.html.j2"}
    assert loaded.workspace.sources == FILES
    assert loaded.workspace.definitions.keys() == {"vip"}


def test_what_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    """A campaign whose file is the same in the next version is the same; one that changed, or broke, is read anew."""
    path = "campaigns/autumn.yml"
    first = load_texts(FILES, tmp_path).workspace.campaigns["autumn"]
    assert load_texts({**FILES, "templates/more.html.j2": "x"}, tmp_path).workspace.campaigns["autumn"] is first
    changed = load_texts({**FILES, path: CAMPAIGN + "limits: {max_recipients: 7}\n"}, tmp_path)
    assert changed.workspace.campaigns["autumn"].max_recipients == 7
    broken = {**FILES, path: CAMPAIGN + "nonsense: 1\n"}
    assert found(load_texts(broken, tmp_path)) == found(load_texts(broken, tmp_path)) == [f"{path} E001"]
    assert load_texts(FILES, tmp_path).workspace.campaigns["autumn"] is first


def test_the_worked_example_has_nothing_wrong() -> None:
    """The shop at the top of the project is read without a finding."""
    root = Path(__file__).parents[2]
    if not (root / "campaigns" / "project.yml").is_file():
        pytest.skip("the worked example is not beside the tests")
    loaded = load_workspace(root)
    assert said(loaded) == []
    assert len(loaded.workspace.campaigns) >= 5


def test_broken_files_do_not_stop_the_others(tmp_path: Path) -> None:
    """Four files are broken in four ways; each is named, and the fifth is read."""
    files: dict[str, str | bytes] = {
        **FILES,
        "campaigns/broken.yml": "name: broken\naudience: [\n",
        "campaigns/latin.yml": b"name: latin\ntitle: caf\xe9\n",
        "campaigns/huge.yml": b"x" * 10_000_000,
        "campaigns/segments/broken.seg": "segment (\n",
        "campaigns/empty.yml": "",
    }
    loaded = load_workspace(write(tmp_path, files))
    paths = {f.span.path: f.code for f in loaded.diagnostics}
    assert paths["campaigns/broken.yml"] == "Y001"
    assert paths["campaigns/latin.yml"] == "Y004"
    assert paths["campaigns/huge.yml"] == "Y006"
    assert paths["campaigns/empty.yml"] == "Y010"
    assert paths["campaigns/segments/broken.seg"].startswith("E1")
    assert loaded.workspace.campaigns.keys() == {"autumn"}
    assert "campaigns/autumn.yml" not in paths
    latin = next(f for f in loaded.diagnostics if f.code == "Y004")
    assert (latin.span.line, latin.span.column) == (2, 11)


def test_files_that_nobody_reads_are_said(tmp_path: Path) -> None:
    """A campaign with the wrong ending, segments in the wrong folder: seldom meant, always named."""
    files: dict[str, str | bytes] = {
        **FILES,
        "campaigns/winter.yaml": CAMPAIGN,
        "campaigns/more.seg": SEGMENTS,
        "campaigns/segments/odd.yml": CAMPAIGN,
        "campaigns/list.csv": "a,b\n",
        "campaigns/README.md": "# notes\n",
        "campaigns/.draft.yml": "x",
        "templates/logo.png": b"\x89PNG\xff",
    }
    loaded = load_workspace(write(tmp_path, files))
    assert found(loaded) == [
        "campaigns/list.csv W012",
        "campaigns/more.seg E020",
        "campaigns/segments/odd.yml E020",
        "campaigns/winter.yaml E020",
    ]


def test_links_do_not_leave_the_folder(tmp_path: Path) -> None:
    """A pull request must show everything that counts: a link to the outside is refused, one to the inside read."""
    root = write(tmp_path / "shop", dict(FILES))
    secret = tmp_path / "secret.yml"
    secret.write_text("name: secret\npassword: hunter2\n")
    (root / "campaigns" / "secret.yml").symlink_to(secret)
    (root / "templates" / "etc").symlink_to("/etc")
    (root / "templates" / "again.html.j2").symlink_to(root / "templates/autumn/body.html.j2")
    (root / "campaigns" / "loop").symlink_to(root / "campaigns")
    loaded = load_workspace(root)
    assert found(loaded) == ["campaigns/loop E022", "campaigns/secret.yml E022", "templates/etc E022"]
    assert "again.html.j2" in loaded.workspace.templates
    assert not any("hunter2" in text for text in loaded.workspace.sources.values())


def test_definitions_have_one_place(tmp_path: Path) -> None:
    """The same name in two files: the second one is told where the first is."""
    loaded = load_texts({**FILES, "campaigns/segments/more.seg": "\n" + SEGMENTS}, tmp_path)
    (finding,) = loaded.diagnostics
    assert (finding.code, str(finding.span)) == ("E205", "campaigns/segments/more.seg:2:1")
    assert str(finding.related[0].span).startswith("campaigns/segments/all.seg:1:")


def test_the_schema_is_asked_for() -> None:
    """Without schema.yml the way to one is named."""
    loaded = load(schema=None, autumn=None, all=None)
    assert codes(loaded) == ["1:1 E021"]
    assert "orc schema pull" in loaded.diagnostics[0].help[0]


def test_policies_are_optional_but_never_ignored() -> None:
    """No file: nobody is excluded. A broken one excludes everybody, so that nobody gets what they should not."""
    from orchestrator.model.condition import Everyone

    assert load().workspace.policies.exclude is None
    assert load(policies='exclude: country is "NO"\n').workspace.policies.exclude is not None
    broken = load(policies="exclude: country =\n")
    assert broken.workspace.policies.exclude == Everyone()
    assert broken.has_errors
    assert load(policies="exclude: [\n").workspace.policies.exclude == Everyone()


def test_owners_of_segments_are_teams() -> None:
    """`owner` in a .seg file is checked like in a campaign."""
    loaded = load(all="segment vip\n  owner crn\nwhere everyone\n")
    assert [f.code for f in loaded.diagnostics] == ["E220"]
    assert "crm" in loaded.diagnostics[0].label


def test_the_root_is_found_from_inside(tmp_path: Path) -> None:
    """`orc` works in any folder of a workspace, and says so outside of one."""
    root = write(tmp_path / "shop", dict(FILES))
    assert find_root(root / "templates" / "autumn") == root.resolve()
    with pytest.raises(UsageError, match="not inside a workspace"):
        find_root(tmp_path)


def test_a_byte_order_mark_is_no_character(tmp_path: Path) -> None:
    """Editors of one system put it in front; places stay right."""
    bad = CAMPAIGN.replace("owner: crm", "owner: crn")
    root = write(tmp_path, {**FILES, "campaigns/autumn.yml": b"\xef\xbb\xbf" + bad.encode()})
    assert codes(load_workspace(root)) == ["2:8 E220"]


def test_line_ends_of_another_system(tmp_path: Path) -> None:
    """Carriage returns change neither the meaning nor the places."""
    files = {path: text.replace("\n", "\r\n") for path, text in FILES.items()}
    assert said(load_texts(files, tmp_path)) == []
    files["campaigns/autumn.yml"] = CAMPAIGN.replace("owner: crm", "owner: crn").replace("\n", "\r\n")
    assert codes(load_texts(files, tmp_path)) == ["2:8 E220"]


def test_hostile_expressions_get_a_place_at_once() -> None:
    """5,000 nested brackets in an audience, or in a segment, are one finding each, and nothing falls over."""
    import time

    deep = "(" * 5000 + "everyone" + ")" * 5000
    start = time.perf_counter()
    loaded = load(autumn=CAMPAIGN.replace("in segment vip", f"|\n  {deep}"), all=f"segment vip\nwhere {deep}\n")
    assert time.perf_counter() - start < 5
    assert {f.span.path for f in loaded.diagnostics} == {"campaigns/autumn.yml", "campaigns/segments/all.seg"}
    assert [f.span.line for f in loaded.diagnostics] == [5, 2]


def test_a_file_of_sixty_thousand_keys_is_answered() -> None:
    """Reading takes time in proportion to the file, and nobody reads sixty thousand problems."""
    import time

    start = time.perf_counter()
    loaded = load(autumn=CAMPAIGN + "".join(f"k{n}: 1\n" for n in range(60_000)))
    assert time.perf_counter() - start < 30
    assert len(loaded.diagnostics) == 101

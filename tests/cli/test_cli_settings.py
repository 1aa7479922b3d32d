"""Settings: the environment over the profile over the folder of the workspace."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestrator.cli.settings import is_default_state, read_settings, write_profile, write_rehearsal
from orchestrator.model.errors import SettingsError


def test_without_any_setting_the_state_is_a_file_of_the_workspace(tmp_path: Path) -> None:
    """Nobody needs a server or a setting to begin; a warehouse that is not there has no URL."""
    settings = read_settings(tmp_path, {})
    assert settings.state_url == f"sqlite:///{tmp_path}/.orc/state.sqlite"
    assert settings.warehouse_url == ""
    assert settings.outbox == tmp_path / ".orc" / "outbox"
    assert is_default_state(tmp_path, settings)


def test_the_environment_wins_over_the_profile(tmp_path: Path) -> None:
    """One copy can be pointed elsewhere for one call."""
    (tmp_path / "profiles.yml").write_text("warehouse_url: sqlite:///a.db\ndeployment: here\n", encoding="utf-8")
    assert read_settings(tmp_path, {}).warehouse_url == f"sqlite:///{tmp_path}/a.db"
    settings = read_settings(tmp_path, {"ORC_WAREHOUSE_URL": "postgresql://reader@db/shop"})
    assert settings.warehouse_url == "postgresql://reader@db/shop"
    assert settings.deployment == "here"


def test_a_profile_names_variables_and_an_unset_one_is_an_error(tmp_path: Path) -> None:
    """Secrets can stay in the environment, by name."""
    (tmp_path / "profiles.yml").write_text("state_url: postgresql://orc:${PASS}@db/orc\n", encoding="utf-8")
    assert read_settings(tmp_path, {"PASS": "geheim"}).state_url == "postgresql://orc:geheim@db/orc"
    with pytest.raises(SettingsError, match=r"\$\{PASS\}, which is not set"):
        read_settings(tmp_path, {})


def test_an_unknown_key_of_a_profile_is_an_error_with_its_place(tmp_path: Path) -> None:
    """A typing error in a profile is not silently ignored."""
    (tmp_path / "profiles.yml").write_text("deployment: a\nwarehouse_ulr: sqlite:///a.db\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"profiles.yml:2:1.*warehouse_ulr") as found:
        read_settings(tmp_path, {})
    assert "warehouse_url" in found.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [("ORC_IN_FLIGHT", "0"), ("ORC_IN_FLIGHT", "many"), ("ORC_REHEARSAL", "soon"), ("ORC_PROFILES", "/no")],
)
def test_a_senseless_setting_is_refused(tmp_path: Path, name: str, value: str) -> None:
    """A value that cannot be meant is said at once."""
    with pytest.raises(SettingsError):
        read_settings(tmp_path, {name: value})


def test_a_new_profile_is_private_and_different_every_time(tmp_path: Path) -> None:
    """Two copies never share an id or a key, and only their owner reads them."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = (write_profile(tmp_path / name) for name in "ab")
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    one, two = read_settings(tmp_path / "a", {}), read_settings(tmp_path / "b", {})
    assert one.deployment != two.deployment
    assert one.token_key != two.token_key
    assert min(len(one.token_key), len(two.token_key)) >= 40
    text = first.read_text(encoding="utf-8")
    write_profile(tmp_path / "a")
    assert first.read_text(encoding="utf-8") == text
    assert second.exists()


def test_a_rehearsal_is_written_once(tmp_path: Path) -> None:
    """A copy that rehearses keeps its key, and the moment replaces the one before."""
    import datetime as dt

    write_rehearsal(tmp_path, dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC))
    key = read_settings(tmp_path, {}).token_key
    write_rehearsal(tmp_path, dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC))
    settings = read_settings(tmp_path, {})
    assert settings.rehearsal == dt.datetime(2026, 12, 2, 9, tzinfo=dt.UTC)
    assert settings.token_key == key

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from syncagent.errors import ConfigurationError
from syncagent.logs import configure_logs, get_logger
from syncagent.settings import Settings, forget_environment, load_settings, settings_reference


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ORG", "ZONE", "LANG", "CLOCK", "ACTOR", "ENV_FILE", "SECRETS_DIR", "STATE", "HUBSPOT_TOKEN"):
        monkeypatch.delenv(f"SYNCAGENT_{name}", raising=False)


def test_defaults_are_japanese_and_need_no_file(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert (settings.org, settings.zone, settings.currency, settings.lang) == ("default", "Asia/Tokyo", "JPY", "ja")


def test_the_environment_goes_before_the_named_file_before_the_folders_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("SYNCAGENT_ORG=own\nSYNCAGENT_LANG=en\nSYNCAGENT_ZONE=UTC\n")
    named = tmp_path / "named.env"
    named.write_text("SYNCAGENT_ORG=named\nSYNCAGENT_LANG=ja\n")
    monkeypatch.setenv("SYNCAGENT_ENV_FILE", str(named))
    monkeypatch.setenv("SYNCAGENT_ORG", "environment")
    settings = load_settings(tmp_path)
    assert (settings.org, settings.lang, settings.zone) == ("environment", "ja", "UTC")


def test_a_secret_may_stand_in_a_file_of_its_own_and_never_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "SYNCAGENT_HUBSPOT_TOKEN").write_text("pat-secret")
    monkeypatch.setenv("SYNCAGENT_SECRETS_DIR", str(secrets))
    settings = load_settings(tmp_path)
    assert settings.hubspot_token is not None
    assert settings.hubspot_token.get_secret_value() == "pat-secret"
    assert "pat-secret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LANG", "fr", "SYNCAGENT_LANG: Input should be 'ja' or 'en'"),
        ("ZONE", "Tokyo", "SYNCAGENT_ZONE: is not a time zone name; write one such as Asia/Tokyo"),
        ("ZONE", "../etc/passwd", "SYNCAGENT_ZONE: is not a time zone name"),
        ("CLOCK", "2026-11-16T08:00:00", "SYNCAGENT_CLOCK: Input should have timezone info"),
        ("ORG", "a b", "SYNCAGENT_ORG: String should match pattern"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"SYNCAGENT_{name}", value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)
    assert str(caught.value).startswith(said)


def test_missing_folders_and_files_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCAGENT_ENV_FILE", str(tmp_path / "no.env"))
    monkeypatch.setenv("SYNCAGENT_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path / "nowhere")
    assert len(caught.value.problems) == 3


def test_the_clock_is_fixed_on_request_and_real_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs((load_settings(tmp_path).now() - datetime.now(UTC)).total_seconds()) < 60
    monkeypatch.setenv("SYNCAGENT_CLOCK", "2026-11-16T08:00:00+09:00")
    assert load_settings(tmp_path).now() == datetime(2026, 11, 15, 23, tzinfo=UTC)


def test_who_acts_is_named_somehow(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings(actor="佐藤").who() == "佐藤"
    monkeypatch.setattr("getpass.getuser", lambda: "login")
    assert Settings().who() == "login"

    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert Settings().who() == "unknown"


def test_the_demo_forgets_a_real_orgs_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCAGENT_ORG", "production")
    forget_environment()
    assert Settings().org == "default"


def test_the_reference_names_every_variable() -> None:
    assert settings_reference().count("| `SYNCAGENT_") == len(Settings.model_fields)


def test_logs_carry_no_secret_and_no_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json")
    get_logger("test").info("remote_call", access_token="pat-1", contact_email="a@example.jp", status=200)
    get_logger("test").debug("not shown")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["status"], line["access_token"], line["contact_email"]) == (
        "remote_call",
        200,
        "***",
        "***",
    )


def test_text_logs_are_readable(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", "text")
    get_logger("test").warning("busy", org="default")
    assert "busy" in capsys.readouterr().err

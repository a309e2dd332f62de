"""Settings from the environment, and what is said about wrong ones."""

from pathlib import Path

import pytest

from chatkit.http import Branding, Settings, SettingsError


def test_defaults_need_no_environment() -> None:
    settings = Settings.load()
    assert settings.max_body_bytes == 2 * 1024 * 1024
    assert settings.heartbeat_seconds == 15
    assert settings.allowed_origins == []
    assert settings.secret_key is None


def test_values_come_from_variables_and_unknown_ones_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_DATABASE_URL", "postgresql+psycopg://chat:hunter2@db/chat")
    monkeypatch.setenv("CHATKIT_LIVE_URL", "valkey://:hunter3@db/0")
    monkeypatch.setenv("CHATKIT_ALLOWED_ORIGINS", "https://app.test, http://localhost:5173/")
    monkeypatch.setenv("CHATKIT_TURNS_PER_MINUTE", "5")
    monkeypatch.setenv("CHATKIT_JWT_AUDIENCE", "")
    monkeypatch.setenv("CHATKIT_SOMETHING_ELSE", "1")
    settings = Settings.load()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://chat:hunter2@db/chat"
    assert settings.allowed_origins == ["https://app.test", "http://localhost:5173"]
    assert settings.turns_per_minute == 5
    assert settings.jwt_audience is None
    assert settings.live_url is not None
    assert settings.live_url.get_secret_value() == "valkey://:hunter3@db/0"
    assert "hunter" not in repr(settings)


def test_the_prefix_can_be_another_applications(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_TURNS_PER_MINUTE", "5")
    monkeypatch.setenv("TASKFLOW_CHATKIT_TURNS_PER_MINUTE", "7")
    assert Settings.load("TASKFLOW_CHATKIT_").turns_per_minute == 7
    monkeypatch.setenv("TASKFLOW_CHATKIT_TURNS_PER_MINUTE", "many")
    with pytest.raises(SettingsError, match=r"^TASKFLOW_CHATKIT_TURNS_PER_MINUTE: "):
        Settings.load("TASKFLOW_CHATKIT_")


def test_a_file_is_read_for_what_the_environment_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("CHATKIT_TURNS_PER_MINUTE=5\nCHATKIT_LOG_LEVEL=debug\nBRAND_NAME=Acme\n")
    monkeypatch.setenv("CHATKIT_TURNS_PER_MINUTE", "7")
    settings = Settings.load(env_file=file)
    assert (settings.turns_per_minute, settings.log_level) == (7, "debug")
    assert Branding.load(env_file=file).name == "Acme"


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_TURNS_PER_MINUTE", "5")
    assert Settings.load(turns_per_minute=9).turns_per_minute == 9


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("CHATKIT_MAX_BODY_BYTES", "big", "valid integer"),
        ("CHATKIT_MAX_BODY_BYTES", "1", "greater than or equal to 1024"),
        ("CHATKIT_HEARTBEAT_SECONDS", "0", "greater than 0"),
        ("CHATKIT_SECRET_KEY", "short", "at least 16"),
        ("CHATKIT_ALLOWED_ORIGINS", "https://ok.test,example.org", "not 'example.org'"),
        ("CHATKIT_ALLOWED_ORIGINS", "https://ok.test/path", "https://app.example.org"),
        ("CHATKIT_DATABASE_URL", "mysql://chat@db/chat", "sqlite+aiosqlite"),
        ("CHATKIT_FRAME_ANCESTORS", "'self'; script-src *", "separated by spaces"),
        ("CHATKIT_JWT_JWKS_URL", "file:///etc/passwd", "http:// or https://"),
        ("CHATKIT_LOG_LEVEL", "loud", "pattern"),
        ("CHATKIT_VISITOR_COOKIE", "a b;", "pattern"),
    ],
)
def test_a_wrong_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    assert str(raised.value).startswith(f"{variable}: ")
    assert reason in str(raised.value)


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHATKIT_SECRET_KEY", "hunter2")
    monkeypatch.setenv("CHATKIT_DATABASE_URL", "mysql://chat:hunter2@db/chat")
    with pytest.raises(SettingsError) as raised:
        Settings.load()
    assert "hunter2" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("BRAND_PRIMARY_COLOR", "red; background: url(//evil)"),
        ("BRAND_PRIMARY_COLOR", "#12345"),
        ("BRAND_LOGO_URL", "javascript:alert(1)"),
        ("BRAND_LOGO_URL", "data:image/svg+xml,<svg/>"),
        ("BRAND_FAVICON_URL", "//evil.test/icon.png"),
        ("BRAND_NAME", "x" * 100),
    ],
)
def test_branding_is_checked_too(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: "):
        Branding.load()


@pytest.mark.parametrize("color", ["#fff", "#5b5bd6", "rgb(91, 91, 214)", "oklch(0.6 0.15 280)", "hsl(240deg 60% 60%)"])
def test_colours_can_be_written_in_several_ways(monkeypatch: pytest.MonkeyPatch, color: str) -> None:
    monkeypatch.setenv("BRAND_PRIMARY_COLOR", color)
    assert Branding.load().primary_color == color

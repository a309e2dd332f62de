"""Titles made of the first words."""

import pytest

from chatkit.adapters.openai_agents.titles import first_words


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("add buy milk and call mum", "Add buy milk and call mum"),
        ("what's the time?", "What's the time?"),
        ("hello, you", "Hello, you"),
        ("élan vital", "Élan vital"),
        ("e-mail to Ada", "E-mail to Ada"),
        ("NASA and the moon", "NASA and the moon"),
        ("iPhone repair", "iPhone repair"),
        ("config.yaml is broken", "config.yaml is broken"),
        ("https://example.org is down", "https://example.org is down"),
        ("my_function fails", "my_function fails"),
        ("3 ideas", "3 ideas"),
        ("ßtrange", "ßtrange"),
        ("привет всем", "привет всем"),
        ("東京の天気", "東京の天気"),
        ("مرحبا", "مرحبا"),
        ('  "hello\n you." ', "Hello you"),
        ("…", "…"),
        (" \n", None),
    ],
)
def test_a_title_begins_with_a_capital_where_that_is_how_its_script_is_written(text: str, title: str | None) -> None:
    assert first_words(text) == title


def test_a_long_text_is_cut_at_the_end_of_a_word() -> None:
    assert first_words("word " * 30) == "Word" + " word" * 11 + "…"

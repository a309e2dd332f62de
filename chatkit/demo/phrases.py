"""Small parts of English that the offline model's patterns share. A real model needs none of this."""

import re

__all__ = ["join", "parts", "phrase", "remark", "titles"]

# What people say before they come to the point, and after it.
_BEFORE = (
    r"(?:(?:hey|hi|hello|ok(?:ay)?|so|and|then|also|now|just|please|pls|let'?s|you should|"
    r"(?:can|could|would|will) you|i want(?: you)? to|i(?:'d| would) like(?: you)? to|i need you to)[,!]?\s+)*"
)
_AFTER = r"(?:[,.]?\s+(?:please|pls|thanks|thank you|for me|now|again|too|as well))*[\s.!?…]*$"
_SHORT = r"^(?=.{0,500}$)\s*+"  # so that no text, however long, keeps the patterns busy

_VERB = re.compile(
    r"(?:answer|arrange|ask|bake|book|borrow|bring|build|buy|call|cancel|change|charge|check|choose|clean|collect|contact"
    r"|cook|cut|decide|do|draft|draw|drive|drop|eat|email|empty|exercise|feed|fetch|file|fill|find|finish|fix|fold|follow"
    r"|get|give|go|grab|hang|hire|install|invite|iron|learn|look|mail|make|meditate|meet|message|move|mow|order|organi[sz]e"
    r"|pack|paint|pay|phone|pick|plan|plant|play|post|practi[cs]e|prepare|print|put|read|record|renew|repair|reply|return"
    r"|review|run|schedule|sell|send|sew|shop|sign|sort|start|stop|study|submit|take|talk|tell|text|thank|throw|tidy|train"
    r"|translate|try|update|vacuum|visit|wake|walk|wash|watch|water|work|wrap|write)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*[\"“„«'‘](.+)[\"”“»'’]\s*$", re.DOTALL)
_BLANKS = re.compile(r"[^\S\n]+")
_COMMAS = re.compile(r"\s*(?:[,;\n]\s*(?:and\s+|then\s+)?|\band\s+then\b|\s+&\s+)\s*", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
_MARK = re.compile(r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s+)")


def phrase(pattern: str) -> str:
    """A pattern for what somebody wants, with the politeness around it. It has to fit the whole text."""
    return remark(f"{_BEFORE}(?:{pattern}){_AFTER}")


def remark(pattern: str) -> str:
    """A pattern for the beginning of a text. Its apostrophes match those that phones write, too."""
    return f"(?s:{_SHORT}(?:{pattern}))".replace("'", "['’]")


def titles(text: str) -> list[str]:
    """The todos in a sentence: "buy milk and call mum" are two, "buy bread and butter" is one."""
    if quoted := _QUOTED.match(text):
        return [quoted[1].strip()]
    listed = [_MARK.sub("", part) for part in _COMMAS.split(_BLANKS.sub(" ", text)) if part.strip()]
    found: list[str] = []
    for part in listed:
        pieces = _AND.split(part)
        found.append(pieces[0])
        names_things = len(listed) > 1 and not _VERB.match(pieces[0])  # as in "milk, eggs and bread"
        for piece in pieces[1:]:
            if names_things or _VERB.match(piece):
                found.append(piece)
            else:
                found[-1] = f"{found[-1]} and {piece}"
    return [_capitalised(title.strip(" .!?…")) for title in found if title.strip(" .!?…")]


def parts(text: str) -> list[str]:
    """The things that a sentence names: "2 and the milk one" are two."""
    if quoted := _QUOTED.match(text):
        return [quoted[1].strip()]
    pieces = (piece.strip() for part in _COMMAS.split(_BLANKS.sub(" ", text)) for piece in _AND.split(part))
    return [piece for piece in pieces if piece]


def join(names: list[str]) -> str:
    """Names in bold, as in a sentence."""
    bold = [f"**{name}**" for name in names]
    return " and ".join(part for part in (", ".join(bold[:-1]), bold[-1]) if part) if bold else "nothing"


def _capitalised(title: str) -> str:
    """With a capital, unless the first word has one somewhere, as in "iPhone"."""
    first = title.split(maxsplit=1)[0]
    return title[0].upper() + title[1:] if first.islower() else title

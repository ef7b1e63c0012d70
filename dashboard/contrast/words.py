"""Facts as they are read: what lies at a path, in a few words."""

from __future__ import annotations

from dashboard.contrast.facts import ROOT, Fact, Kind

_WORDS = {
    Kind.IS: "= {}",
    Kind.EMPTY: "is empty",
    Kind.MISSING: "is missing",
    Kind.HOLDS: "holds {}",
    Kind.DOMAIN: "ends with @{}",
    Kind.HOST: "leads to {}",
    Kind.ENDING: "ends with .{}",
    Kind.AT_LEAST: "is {} or more",
    Kind.AT_MOST: "is {} or less",
    Kind.GIVEN: "is given",
}
_TYPES = {"text": "is a text", "object": "is an object", "list": "is a list"}


def name(fact: Fact) -> str:
    """The path of a fact; the arguments as a whole have none."""
    return "the arguments" if fact.path == ROOT else fact.path


def about(fact: Fact) -> str:
    """What is so at its path: `= 42`, `is missing`, `ends with @full.example`."""
    if fact.kind == Kind.TYPE:
        return _TYPES.get(fact.value, f"is {fact.value}")
    if fact.kind == Kind.LENGTH:
        return "has 1 item" if fact.value == "1" else f"has {fact.value} items"
    return _WORDS[fact.kind].format(shown(fact.value, quoted=fact.quoted))


def words(fact: Fact) -> str:
    """The whole fact: `tenant = 42`."""
    return f"{name(fact)} {about(fact)}"


def shown(value: str, *, quoted: bool) -> str:
    """A value; a text that reads like a number or another word of JSON stands in quotation marks."""
    return f'"{value}"' if quoted else value


def size(total: int | None, read: int, compared: int, noun: str) -> str:
    """Of how many jobs a share is: `120 of the 200 sampled of 12,345 dead letters`."""
    if total is not None and read >= total:
        whole = f"all {total:,} {noun}"
    elif total is None:
        whole = f"{read:,} {noun} sampled"
    else:
        whole = f"{read:,} {noun} sampled of {total:,}"
    return whole if compared >= read else f"the {compared:,} with readable arguments of {whole}"

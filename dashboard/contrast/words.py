"""Facts as they are read: what lies at a path, in a few words."""

from __future__ import annotations

from dashboard.contrast.facts import ROOT, Fact, Kind
from dashboard.language import N_, gettext, ngettext, number

_WORDS = {
    Kind.IS: N_("= %(value)s"),
    Kind.EMPTY: N_("is empty"),
    Kind.MISSING: N_("is missing"),
    Kind.HOLDS: N_("holds %(value)s"),
    Kind.DOMAIN: N_("ends with @%(value)s"),
    Kind.HOST: N_("leads to %(value)s"),
    Kind.ENDING: N_("ends with .%(value)s"),
    Kind.AT_LEAST: N_("is %(value)s or more"),
    Kind.AT_MOST: N_("is %(value)s or less"),
    Kind.GIVEN: N_("is given"),
}
_TYPES = {
    "text": N_("is a text"), "object": N_("is an object"), "list": N_("is a list"), "a number": N_("is a number"),
    "true or false": N_("is true or false"), "null": N_("is null"),
}  # fmt: skip


def name(fact: Fact) -> str:
    """The path of a fact; the arguments as a whole have none."""
    return gettext("the arguments") if fact.path == ROOT else fact.path


def about(fact: Fact) -> str:
    """What is so at its path: `= 42`, `is missing`, `ends with @full.example`."""
    if fact.kind == Kind.TYPE:
        return gettext(_TYPES[fact.value]) if fact.value in _TYPES else gettext("is %(value)s", value=fact.value)
    if fact.kind == Kind.LENGTH:
        if fact.value.isdigit():
            return ngettext("has %(num)s item", "has %(num)s items", int(fact.value))
        return gettext("has %(range)s items", range=fact.value)
    return gettext(_WORDS[fact.kind], value=shown(fact.value, quoted=fact.quoted))


def words(fact: Fact) -> str:
    """The whole fact: `tenant = 42`."""
    return f"{name(fact)} {about(fact)}"


def shown(value: str, *, quoted: bool) -> str:
    """A value; a text that reads like a number or another word of JSON stands in quotation marks."""
    return f'"{value}"' if quoted else value


def failed_size(total: int | None, read: int, compared: int) -> str:
    """Of how many failed jobs a share is: `120 with readable arguments of all 200 dead letters`."""
    if total is not None and read >= total:
        whole = ngettext("all %(num)s dead letters", "all %(num)s dead letters", total)
    elif total is None:
        whole = ngettext("%(num)s dead letters sampled", "%(num)s dead letters sampled", read)
    else:
        whole = gettext("%(read)s dead letters sampled of %(total)s", read=number(read), total=number(total))
    return _readable(whole, read, compared)


def succeeded_size(total: int | None, read: int, compared: int) -> str:
    """Of how many succeeded jobs a share is."""
    if total is not None and read >= total:
        whole = ngettext("all %(num)s succeeded jobs", "all %(num)s succeeded jobs", total)
    elif total is None:
        whole = ngettext("%(num)s succeeded jobs sampled", "%(num)s succeeded jobs sampled", read)
    else:
        whole = gettext("%(read)s succeeded jobs sampled of %(total)s", read=number(read), total=number(total))
    return _readable(whole, read, compared)


def _readable(whole: str, read: int, compared: int) -> str:
    if compared >= read:
        return whole
    return gettext("the %(num)s with readable arguments of %(whole)s", num=number(compared), whole=whole)

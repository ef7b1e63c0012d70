"""The tables, and whether each goal is met."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.dead_letters.pages import Measured
from benchmarks.dead_letters.peers import Listed
from benchmarks.dead_letters.requeue import Requeued

MOST_COMMANDS = 10
MOST_RATIO = 2.0


class Report:
    """Prints what was measured.

    Args:
        console: where to.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(text, highlight=False)

    def goal(self, met: bool, text: str) -> None:
        """One goal with its verdict."""
        self.say(f"{'[green]OK[/]    ' if met else '[red]MISSED[/]'} {text}")

    def pages(self, measured: Sequence[Measured]) -> None:
        """Every page; the ratio is that of p99 to the smallest number of dead letters."""
        table = Table(
            "page", "dead letters", "p50 ms", "p99 ms", "p99 ratio", "CPU ms", "commands", "inside", "server µs",
            title="Pages of one viewer; commands and server time of a page that shares no reading",
        )  # fmt: skip
        least = min(each.jobs for each in measured)
        base = {each.page: each for each in measured if each.jobs == least}
        for each in measured:
            table.add_row(
                each.page, f"{each.jobs:,}", f"{each.p50:.1f}", f"{each.p99:.1f}",
                f"{each.p99 / base[each.page].p99:.2f}", f"{each.cpu:.1f}", f"{each.alone.sent:.0f}",
                f"{each.alone.inside:.0f}", f"{each.alone.microseconds:,.0f}",
            )  # fmt: skip
        self.console.print(table)
        most = max(each.jobs for each in measured)
        for each in measured:
            if each.jobs == most:
                ratio = each.p99 / base[each.page].p99
                by_p50 = each.p50 / base[each.page].p50
                words = f"{each.page}: p99 with {most:,} is {ratio:.2f}× that with {least:,} (p50 {by_p50:.2f}×)"
                self.goal(ratio <= MOST_RATIO, words)
        over = sorted({each.page for each in measured if each.alone.sent > MOST_COMMANDS})
        self.goal(not over, f"at most {MOST_COMMANDS} commands a page" + (f"; more: {', '.join(over)}" if over else ""))

    def slow(self, when: str, found: dict[str, tuple[int, float]]) -> None:
        """Scripts over 5 ms."""
        scripts, single = ([(n, *c) for n, c in found.items() if n.isupper() == upper] for upper in (False, True))
        words = ", ".join(f"{name} {count}× (longest {longest:.1f} ms)" for name, count, longest in scripts)
        self.goal(not scripts, f"no script over 5 ms, {when}" + (f": {words}" if scripts else ""))
        if single:
            longest = max(each[2] for each in single)
            noise = f"{sum(each[1] for each in single)} single commands as well, the longest {longest:.1f} ms"
            self.say(f"       {noise}: so often the server itself was interrupted")

    def requeued(self, found: Requeued, retried: float | None, retried_jobs: int) -> None:
        """Requeue of all."""
        table = Table("requeue of all", "", title=f"{found.jobs:,} jobs in {found.seconds:.1f} s, without a rate")
        table.add_row("jobs per second", f"{found.rate:,.0f}")
        table.add_row("collector's CPU per job", f"{found.cpu / found.jobs * 1e6:.0f} µs")
        for name, each in (("idle", found.idle), ("meanwhile", found.loaded)):
            row = (
                f"p50 {each.median:.2f}, p99 {each.p99:.2f}, longest {each.longest:.1f} ms; over 10 ms: {each.over_ten}"
            )
            table.add_row(f"PING every 5 ms, {name}", f"{row} of {each.count:,}")
        sizes = (found.memory_start, found.memory_most, found.memory_end)
        table.add_row(
            "collector's memory", "start {:.0f}, most {:.0f}, end {:.0f} MiB".format(*(s / 2**20 for s in sizes))
        )
        self.console.print(table)
        self.goal(found.rate >= 10_000, f"at least 10,000 jobs per second: {found.rate:,.0f}")
        if retried is None:
            self.say("not measured: more than bull-board's retry-all")
        else:
            words = f"more than bull-board's retry-all of {retried_jobs:,} jobs ({retried:,.0f}/s)"
            self.goal(found.rate > retried, f"{words}: {found.rate / retried:.2f}×")
        longest = f"{found.loaded.longest:.1f} ms (without load {found.idle.longest:.1f} ms)"
        self.goal(found.loaded.longest < 10, f"longest PING under 10 ms: {longest}")
        grown = (found.memory_most - found.memory_start) / 2**20
        self.goal(grown < 16, f"the collector's memory is flat: {grown:+.1f} MiB at most")

    def lists(self, ours: Sequence[Listed], peers: Sequence[Listed], jobs: int) -> None:
        """Failed lists of ours and of the peers."""
        table = Table(
            "failed list", "p50 ms", "p99 ms", "commands", "requests/s, 8 clients", title=f"{jobs:,} failed jobs"
        )
        for each in (*ours, *peers):
            many = "–" if each.rate is None else f"{each.rate:,.0f}"
            commands = "–" if each.commands is None else f"{each.commands:,}"
            table.add_row(each.name, f"{each.p50:.1f}", f"{each.p99:.1f}", commands, many)
        self.console.print(table)
        theirs = {each.name: each for each in peers}
        for each in ours:
            where = "middle" if "middle" in each.name else "first"
            size = "10" if each.name.endswith("10") else "50"
            other = theirs.get(f"bull-board JSON, {where} {size}")
            if other is None:
                self.say(f"not measured: {each.name} against bull-board")
                continue
            most = 2 if "page" in each.name else 1
            ratio = each.p50 / other.p50
            self.goal(ratio <= most, f"{each.name}: p50 {ratio:.2f}× {other.name} (wanted at most {most}×)")
            if each.rate and other.rate:
                self.goal(each.rate > other.rate, f"{each.name}: {each.rate / other.rate:.2f}× its requests per second")

"""What a benchmark has promised, and what became of it."""

from collections.abc import Sequence

import attrs
from rich.console import Console
from rich.table import Table


@attrs.frozen
class Promise:
    """What is promised: `measured` must be at least `bound`, or at most, if `at_most`."""

    text: str
    measured: float
    bound: float
    at_most: bool = False

    @property
    def met(self) -> bool:
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound


def show_promises(promises: Sequence[Promise], console: Console, decimals: int = 2) -> None:
    """Print what was promised beside what was measured."""
    table = Table("promise", "measured", "promised", "")
    for one in promises:
        sign, verdict = "≤" if one.at_most else "≥", "[green]met" if one.met else "[bold red]missed"
        table.add_row(one.text, f"{one.measured:.{decimals}f}", f"{sign} {one.bound:g}", verdict)
    console.print(table)

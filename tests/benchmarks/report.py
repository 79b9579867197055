"""Figures as a table on the terminal and as JSON in a file."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Row = dict[str, str | int | float]


def report(name: str, rows: list[Row], out: Path | None, notes: list[str] | None = None) -> None:
    """Print one column for each row, headed by its first value, and write all to `out` with what they depend on."""
    first, *figures = rows[0]
    table = Table(title=f"headwater {name}", caption="\n".join(notes or []), caption_justify="left")
    table.add_column(first)
    for row in rows:
        table.add_column(str(row[first]), justify="right")
    for figure in figures:
        table.add_row(figure, *(_text(row[figure]) for row in rows))
    console = Console()
    (console if console.is_terminal else Console(width=160)).print(table)
    if out is not None:
        content = {"benchmark": name, "machine": machine(), "rows": rows, "notes": notes or []}
        out.write_text(json.dumps(content, indent=2) + "\n")


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load": os.getloadavg(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _text(value: str | float) -> str:
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else value

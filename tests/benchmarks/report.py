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
    """Print the rows, whose keys are the columns, and write them to `out` with what machine they were measured on."""
    table = Table(title=f"headwater {name}", caption="\n".join(notes or []), caption_justify="left")
    for column in rows[0]:
        table.add_column(column, justify="right" if not isinstance(rows[0][column], str) else "left")
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    Console().print(table)
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

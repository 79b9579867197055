"""A process that appends to a log and prints each offset once it is acknowledged, until it is killed."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog


def main(path: Path, name: str) -> None:
    """Append from four threads for ever."""
    log = SqliteEventLog(path)

    def append(thread: int) -> None:
        number = 0
        while True:
            number += 1
            event_id = f"{name}-{thread}-{number}"
            (offset,) = log.append([Draft(event_id, event_id.encode() * 50)])
            # One write each, so that lines of several threads do not mix.
            sys.stdout.write(f"{offset} {event_id}\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(append, range(4)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])

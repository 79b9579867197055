"""The command line: ``headwater``.

Exit codes: 0 done; 1 the answer is no (a check failed, a wait ran out); 2 the command line is wrong; 3 the server is
away or cannot answer now; 4 it refuses the API key; 5 there is no such thing; 6 a person must change the setup; 130
Ctrl-C.
"""

from headwater_collector.cli.main import main

__all__ = ["main"]

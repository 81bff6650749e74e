"""The command line `headroom`: one module a command.

Here must not live: work. A command parses, calls one room below and prints. Everything heavy is imported
inside the functions, so that `headroom --help` answers at once.
"""

import sys
from typing import NoReturn

from pipelines.cli.commands import run_command


def main() -> NoReturn:
    """The entry point of the script `headroom`."""
    sys.exit(run_command(sys.argv[1:]))

"""Ends the children of a supervisor that was killed: `python -m ops.reaper`, the supervisor on its stdin.

The supervisor writes `+<group>` when it starts a process group and `-<group>` when that group is gone. The end
of the input means that the supervisor is gone too, however it went; the groups that are left are then killed.
Linux's signal on the parent's death would not reach what a child has started itself.
"""

import contextlib
import os
import signal
import sys


def main() -> None:
    """Keep the list until the input ends, then kill what is on it."""
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()

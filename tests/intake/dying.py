"""Takes in landing folders and dies at a step that reaches the disk, each time at the next one.

A program of its own, so that its children can die as a machine does: without tidying up. The n-th child
takes in argv[1]/n and dies at its n-th step: argv[2] says whether `before` or `after` it or, in the
middle of a write, `half` way. Prints how many died; stops at the first that had fewer steps.
"""

import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path

from pipelines.campus.paths import DataFolder
from pipelines.intake.landing import take_in

STEPS = ("write", "fsync", "rename", "unlink", "ftruncate", "fchmod", "mkdir")


def die_at(step: int, when: str) -> None:
    """Patches the calls that reach the disk."""
    count = 0

    def patched(call: Callable[..., object], name: str) -> Callable[..., object]:
        def counting(*args: object, **kwargs: object) -> object:
            nonlocal count
            count += 1
            if count == step and when == "before":
                os._exit(137)
            if count == step and when == "half" and name == "write":
                content = bytes(args[1])  # type: ignore[call-overload]
                call(args[0], content[: len(content) // 2])
                os._exit(137)
            result = call(*args, **kwargs)
            if count == step:
                os._exit(137)
            return result

        return counting

    for name in STEPS:
        setattr(os, name, patched(getattr(os, name), name))


def survives(root: Path, step: int, when: str) -> bool:
    """Whether a child that was to die at a step came to the end."""
    child = os.fork()
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert code in (0, 137), f"step {step} ended with {code}"
        return code == 0
    die_at(step, when)
    take_in(DataFolder(root), ["m1-grid"], settle_s=0)
    os._exit(0)


if __name__ == "__main__":
    folders = Path(sys.argv[1])
    ended = next(step for step in itertools.count(1) if survives(folders / str(step), step, sys.argv[2]))
    sys.stdout.write(str(ended - 1))

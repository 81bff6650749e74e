"""Blocks of Markdown pages that a test carries out as a reader would.

The words after the language of a fence say how: `run` (a shell or Python block is run), `file=PATH` (the
block becomes that file), `append=PATH` (it is added to that file), `edit=PATH` (a diff without line numbers).
In a `console` block each line after `$ ` is a command and the lines below it are what it prints;
`python -m tests.house.pages` writes down what they print now. Here must not live: any page's expectations.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.campus.paths import PROJECT

DOCS = PROJECT / "docs"
FENCE = re.compile(r"^```(\w+)([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATIENCE_S = 900


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words after it, its text and where it begins."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    def word(self, name: str) -> str | None:
        """The value of `name=value` after the language."""
        found = [word.removeprefix(f"{name}=") for word in self.words if word.startswith(f"{name}=")]
        return found[0] if found else None

    @property
    def commands(self) -> list[tuple[str, str]]:
        """Each command of a console block with what it prints."""
        parts = re.split(r"^\$ (.*)\n", self.text, flags=re.MULTILINE)[1:]
        return list(zip(parts[::2], parts[1::2], strict=True))


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = [
        Block(match[1], tuple(match[2].split()), match[3], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]
    return [block for block in found if language in (None, block.language)]


@dataclass(frozen=True)
class Reader:
    """Somebody who follows a page in a folder of their own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def follow(self, block: Block) -> str:
        """Carries out one block; returns what it printed, "" where there is nothing to do."""
        if (name := block.word("file")) is not None:
            self._write(name, block.text)
        elif (name := block.word("append")) is not None:
            path = self.folder / name
            self._write(name, path.read_text(encoding="utf-8") + block.text)
        elif (name := block.word("edit")) is not None:
            self._edit(name, block)
        elif "run" in block.words and block.language == "python":
            return self.shell(f"python - <<'END'\n{block.text}END")
        elif "run" in block.words:
            return self.shell(block.text)
        return ""

    def shell(self, text: str) -> str:
        """Runs commands with bash, the environment's own programs first; everything must succeed."""
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = os.environ | {"PATH": programs, "LC_ALL": "C.UTF-8"} | self.environment
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _edit(self, name: str, block: Block) -> None:
        """Replaces what the diff's first characters say; the old text must occur exactly once."""
        lines = block.text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if line[0] in " -")
        new = "".join(line[1:] for line in lines if line[0] in " +")
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{name} does not hold once:\n{old}"
        self._write(name, text.replace(old, new))


def checkout(folder: Path) -> Path:
    """A copy of what a fresh clone has, without what set-up makes."""
    leave = shutil.ignore_patterns(".*", "__pycache__", "target", "logs")
    for name in ("pipelines", "dbt", "docs", "data/reference"):
        shutil.copytree(PROJECT / name, folder / name, ignore=leave)
    for name in ("workspace.yaml", "dagster.yaml", "profiles.yml", "pyproject.toml"):
        shutil.copy(PROJECT / name, folder / name, follow_symlinks=False)
    return folder


def campus_of_the_tour(folder: Path) -> Reader:
    """The data folder in which docs/tour.md begins."""
    shutil.copytree(PROJECT / "data" / "reference", folder / "reference")
    return Reader(folder, {"HEADROOM_DATA": str(folder)})


def printed(page: Path, reader: Reader) -> Iterator[tuple[str, str, str]]:
    """Follows a page: each console command, what the page says it prints, and what it prints."""
    for block in blocks(page):
        if block.language != "console":
            reader.follow(block)
            continue
        for command, said in block.commands:
            yield command, said, reader.shell(command)


def write_down(page: Path, reader: Reader) -> None:
    """Puts what the commands print now into a page."""
    text = page.read_text(encoding="utf-8")
    for command, said, prints in list(printed(page, reader)):
        text = text.replace(f"$ {command}\n{said}", f"$ {command}\n{prints}", 1)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write_down(DOCS / "tour.md", campus_of_the_tour(Path(scratch) / "data"))

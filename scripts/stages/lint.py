#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a build, several files at a time, and remembers which were clean.

    lint.py BUILD [--analyzer] [FILE...]    --analyzer adds the checks of clang-analyzer

Without a FILE all sources of the build under src/ are looked at. What is remembered of a file depends on its text, the
text of all it includes, the flags, the rules and the tool, and lies in ${XDG_CACHE_HOME:-~/.cache}/landfall-lint.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What is remembered is forgotten when nobody asked for so long.
KEPT_SECONDS = 60 * 86400
#: g++ only, or of no meaning without its precompiled headers.
FOREIGN = {"-fpch-preprocess", "-Winvalid-pch", "-MD"}
WITH_VALUE = {"-MF", "-MT", "-o", "-c"}
#: Boost 1.74 does not know that clang has coroutines by now; the standard library of g++ uses what it calls deprecated.
CLANG = ["-Wno-unknown-warning-option", "-Wno-deprecated-declarations", "-Wno-ignored-gch", "-DBOOST_ASIO_HAS_CO_AWAIT=1", "-DBOOST_ASIO_HAS_STD_COROUTINE=1"]

#: How many states the analyzer follows through a function. Of clang's own 225 000 nearly all are spent on a few functions
#: whose paths never end, at twice the time of everything else together.
ANALYZER = ["-Xclang", "-analyzer-config", "-Xclang", "max-nodes=40000"]


@cache
def text(path: Path) -> bytes:
    """A file's text; empty if it is gone."""
    return path.read_bytes() if path.is_file() else b""


@cache
def digest(path: Path) -> str:
    """What tells a file's text from another."""
    return hashlib.sha256(text(path)).hexdigest()


class Build:
    """What a build directory knows of its sources: how each is compiled and what it includes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        commands = json.loads((folder / "compile_commands.json").read_text())
        # A source of the program may be compiled into a test as well; the program's way comes first and counts.
        self.commands = {Path(each["file"]).resolve(): shlex.split(each["command"]) for each in reversed(commands)}
        self._includes = self._read_includes()

    def sources(self) -> list[Path]:
        """All that is compiled from src/."""
        return sorted(path for path in self.commands if path.is_relative_to(ROOT / "src"))

    def texts(self, source: Path) -> list[Path]:
        """The source and all that it includes."""
        found = self._includes.get(self._object(source), [])
        return sorted({(self.folder / name).resolve() for name in found if not name.endswith(".gch")} | {source})

    def was_compiled(self, source: Path) -> bool:
        """Whether what it includes is known."""
        return self._object(source) in self._includes

    def _object(self, source: Path) -> str:
        words = self.commands[source]
        return words[words.index("-o") + 1]

    def flags(self, source: Path) -> list[str]:
        """The arguments with which clang reads a source as g++ does."""
        words = self.commands[source]
        words = words[next(n for n, word in enumerate(words) if re.search(r"(c|g|clang)\+\+$", word)) + 1:]
        kept, skip = [], False
        for word in words:
            if not skip and word not in WITH_VALUE and word not in FOREIGN:
                kept.append(word)
            skip = not skip and word in WITH_VALUE
        return kept + CLANG

    def _read_includes(self) -> dict[str, list[str]]:
        listing = subprocess.run(["ninja", "-C", self.folder, "-t", "deps"], check=True, capture_output=True, text=True).stdout
        found: dict[str, list[str]] = {}
        for paragraph in listing.split("\n\n"):
            head, *names = paragraph.strip().splitlines() or [""]
            found[head.partition(":")[0]] = [name.strip() for name in names]
        return found


class Memory:
    """Names of what was clean, as empty files."""

    def __init__(self) -> None:
        self._folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "landfall-lint"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / "writable").touch()
        except OSError:
            self._folder = ROOT / "build" / "lint"
            self._folder.mkdir(parents=True, exist_ok=True)
        for entry in self._folder.iterdir():
            if entry.stat().st_mtime < time.time() - KEPT_SECONDS:
                entry.unlink(missing_ok=True)

    def holds(self, key: str) -> bool:
        """Whether it was clean; asking keeps it from being forgotten."""
        if not (self._folder / key).exists():
            return False
        self.add(key)
        return True

    def add(self, key: str) -> None:
        """It is clean."""
        (self._folder / key).touch()


class Tidy:
    """clang-tidy with the rules of .clang-tidy."""

    def __init__(self, build: Build, analyzer: bool) -> None:
        self._build = build
        self._call = ["clang-tidy-19", "--quiet", *([] if analyzer else ["--checks=-clang-analyzer-*"])]
        self._budget = ANALYZER if analyzer else []
        self.rules = [tool_version("clang-tidy-19"), *self._call, *self._budget, digest(ROOT / ".clang-tidy")]

    def call(self, source: Path) -> list[str]:
        """What to run in the build directory."""
        return [*self._call, str(source), "--", *self._build.flags(source), *self._budget]


def tool_version(tool: str) -> str:
    """What a tool says of itself."""
    return subprocess.run([tool, "--version"], check=True, capture_output=True, text=True).stdout


def key_of(build: Build, linter: Tidy, source: Path) -> str:
    """Tells a source with all that decides about it from any other state of it, in any checkout."""
    parts = [*linter.rules, *build.flags(source), str(source)]
    parts += [f"{path} {digest(path)}" for path in build.texts(source)]
    return hashlib.sha256("\n".join(parts).replace(f"{ROOT}/", "").encode()).hexdigest()


def lint(build: Build, linter: Tidy, wanted: list[Path]) -> int:
    """Looks at what is not remembered as clean, the longest first; gives the number of sources with findings."""
    if unknown := [str(source) for source in wanted if not build.was_compiled(source)]:
        sys.exit(f"What these include is not known before they were compiled; build {build.folder} first: {' '.join(unknown)}")
    memory, faulty = Memory(), 0
    due = {source: key_of(build, linter, source) for source in wanted}
    due = {source: key for source, key in due.items() if not memory.holds(key)}
    print(f"{len(wanted)} sources, {len(wanted) - len(due)} of them remembered as clean", flush=True)

    def run(source: Path) -> tuple[Path, float, subprocess.CompletedProcess[str]]:
        began = time.monotonic()
        done = subprocess.run(linter.call(source), cwd=build.folder, capture_output=True, text=True, check=False)
        return source, time.monotonic() - began, done

    longest_first = sorted(due, key=lambda source: -sum(len(text(path)) for path in build.texts(source)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for source, seconds, done in pool.map(run, longest_first):
            print(f"{seconds:6.1f} s  {source.relative_to(ROOT)}", flush=True)
            if done.returncode == 0:
                memory.add(due[source])
                continue
            faulty += 1
            print(done.stdout, done.stderr, flush=True)
    return faulty


def main(arguments: list[str]) -> int:
    """Reads the command line."""
    flags = [argument for argument in arguments if argument.startswith("--")]
    folder, *files = [argument for argument in arguments if not argument.startswith("--")]
    build = Build(Path(folder).resolve())
    linter = Tidy(build, "--analyzer" in flags)
    wanted = [path for path in (Path(file).resolve() for file in files) if path in build.commands]
    return 1 if lint(build, linter, wanted if files else build.sources()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

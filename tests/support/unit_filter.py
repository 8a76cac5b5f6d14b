"""Runs a program as a systemd unit would let it: with the unit's filter of system calls, and its denial of memory that is written and run.

    unit_filter.py UNIT PROGRAM [ARGUMENT…]

What a unit takes away of the file system is not done here.
"""

from __future__ import annotations

import configparser
import ctypes
import errno
import functools
import os
import subprocess
import sys

ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
EQUAL, MASKED_EQUAL = 4, 7
WRITE_AND_RUN, RUN = 6, 4
PR_SET_NO_NEW_PRIVS = 38


class Compare(ctypes.Structure):
    """A condition on one argument of a call: see seccomp_rule_add(3)."""

    _fields_ = [("argument", ctypes.c_uint), ("operator", ctypes.c_int), ("first", ctypes.c_uint64), ("second", ctypes.c_uint64)]


@functools.cache
def members(name: str) -> frozenset[str]:
    """The calls that a name of SystemCallFilter stands for."""
    if not name.startswith("@"):
        return frozenset({name})
    listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    words = [line.strip() for line in listed.splitlines()[1:]]
    return frozenset().union(*(members(word) for word in words if word and not word.startswith("#")))


def allowed(lines: list[str]) -> set[str]:
    """What lines of SystemCallFilter come to, the first of which allows."""
    calls: set[str] = set()
    for line in lines:
        for name in line.lstrip("~").split():
            calls = calls - members(name) if line.startswith("~") else calls | members(name)
    return calls


def settings(unit: str) -> dict[str, list[str]]:
    """The lines of the unit's [Service], which may repeat a name."""
    class Repeated(dict):
        def __setitem__(self, key, value):
            super().__setitem__(key, [*self[key], *value] if key in self and isinstance(value, list) else value)

    parser = configparser.RawConfigParser(dict_type=Repeated, strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str
    parser.read(unit)
    return {name: value if isinstance(value, list) else value.split("\n") for name, value in parser["Service"].items()}


def confine(unit: str) -> None:
    """Puts the filter on this process, for good."""
    service = settings(unit)
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE)))

    def allow(call: str, *conditions: Compare) -> None:
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            found = (Compare * max(1, len(conditions)))(*conditions)
            assert library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, len(conditions), found) == 0, call

    conditional = {"mmap", "mprotect", "pkey_mprotect"}
    for call in sorted(allowed(service["SystemCallFilter"]) - conditional):
        allow(call)
    assert service["MemoryDenyWriteExecute"] == ["yes"]
    for protection in (0, 2, 4):
        allow("mmap", Compare(2, MASKED_EQUAL, WRITE_AND_RUN, protection))
    for call in ("mprotect", "pkey_mprotect"):
        allow(call, Compare(2, MASKED_EQUAL, RUN, 0))
    assert ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert library.seccomp_load(context) == 0


if __name__ == "__main__":
    confine(sys.argv[1])
    os.execv(sys.argv[2], sys.argv[2:])

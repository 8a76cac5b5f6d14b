"""Runs a program on a host that refuses one system call, as a seccomp profile does: denied.py CALL PROGRAM ARGUMENTS…"""

import ctypes
import errno
import os
import platform
import struct
import sys

NUMBERS = {"x86_64": {"memfd_create": 319, "capset": 126}, "aarch64": {"memfd_create": 279, "capset": 91}}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, MODE_FILTER = 22, 38, 2
ALLOW, ERRNO = 0x7FFF0000, 0x00050000


def deny(number: int) -> None:
    """This process and all that it becomes get EPERM for that call."""
    instructions = struct.pack("HBBIHBBIHBBIHBBI",
                               0x20, 0, 0, 0,  # the call's number
                               0x15, 0, 1, number,
                               0x06, 0, 0, ERRNO | errno.EPERM,
                               0x06, 0, 0, ALLOW)
    code = ctypes.create_string_buffer(instructions, len(instructions))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]

    program = Program(4, ctypes.cast(code, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(PR_SET_SECCOMP, MODE_FILTER, ctypes.byref(program), 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    deny(NUMBERS[platform.machine()][sys.argv[1]])
    os.execv(sys.argv[2], sys.argv[2:])

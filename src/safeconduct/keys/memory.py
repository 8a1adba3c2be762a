"""What the operating system is asked not to do with the memory of a program that holds keys and records."""

import ctypes
import resource
import sys

SET_DUMPABLE, GET_DUMPABLE = 4, 3
"""Numbers of `prctl`, from Linux's `prctl.h`."""


def keep_private() -> bool:
    """Let no crash write this program's memory to disk, and nobody but root attach to it; its children ask anew.

    Returns:
        Whether the operating system does it; only Linux is asked for all of it.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    return bool(ctypes.CDLL(None).prctl(SET_DUMPABLE, 0, 0, 0, 0) == 0)


def is_private() -> bool:
    """Whether `keep_private` was called in this program and holds."""
    if sys.platform != "linux" or resource.getrlimit(resource.RLIMIT_CORE)[0]:
        return False
    return bool(ctypes.CDLL(None).prctl(GET_DUMPABLE, 0, 0, 0, 0) == 0)

"""Rename a file without ever overwriting one, in one step that a crash can't divide.

Linux and macOS can do it; elsewhere, and on file systems that can't (some network shares), the file gets its second
name before it loses the first: a crash between the two leaves it with both, and doing it again puts that right.
"""

import ctypes
import errno
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any

AT_FDCWD = -100
RENAME_NOREPLACE = 1  # linux/fs.h
RENAME_EXCL = 4  # sys/stdio.h of macOS
NOT_THERE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP}


def rename_to_free_name(source: Path, target: Path) -> None:
    """Give `source` the name `target`, in the same file system.

    Raises FileExistsError when that name is taken, FileNotFoundError when there is no source (any more), or another
    OSError.
    """
    if (error := _rename(os.fsencode(source), os.fsencode(target))) == 0:
        return
    if error not in NOT_THERE:
        raise OSError(error, os.strerror(error), str(source), None, str(target))
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not source.exists() or not source.samefile(target):
            raise
    source.unlink()


def _rename(source: bytes, target: bytes) -> int:
    """The error number of an exclusive rename, 0 for success, ENOSYS where there is none."""
    library = _library()
    if hasattr(library, "renameat2"):
        failed = library.renameat2(AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE)
    elif hasattr(library, "renamex_np"):
        failed = library.renamex_np(source, target, RENAME_EXCL)
    else:
        return errno.ENOSYS
    return ctypes.get_errno() if failed else 0


@cache
def _library() -> Any:
    return None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)

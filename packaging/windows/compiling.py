"""Compiles all modules below a folder in their place; a Python of the minor version that will run them starts it."""

import py_compile
import sys
from pathlib import Path


def compile_all(folder: Path) -> None:
    """Compile each module, without its assertions, to one that needs no source and is not compared with one."""
    for source in sorted(folder.rglob("*.py")):
        shown = source.relative_to(folder).as_posix()
        py_compile.compile(
            str(source),
            cfile=str(source.with_suffix(".pyc")),
            dfile=shown,
            doraise=True,
            optimize=1,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        source.unlink()


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]))

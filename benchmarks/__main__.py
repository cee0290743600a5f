"""Runs every benchmark, or those named: `python -m benchmarks [name…]`.

A benchmark is a module of this package with a function `run() -> bool`: it prints a table and
returns whether every limit was kept. The exit status is 1 if one was not.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules

import benchmarks


def main(wanted: list[str]) -> int:
    known = sorted(m.name for m in iter_modules(benchmarks.__path__) if not m.name.startswith("_"))
    modules = {name: import_module(f"benchmarks.{name}") for name in known}
    known = [name for name, module in modules.items() if hasattr(module, "run")]
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there is {', '.join(known)}")
        return 2
    kept = [modules[name].run() for name in wanted or known]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

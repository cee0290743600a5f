"""The build scripts beside the built-in data are no modules of the package, so no wheel has them.

Everything else about the package stands in setup.cfg, which has no word for this.
"""

import os

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithoutScripts(build_py):
    """Takes the data of `geomap.data`, but not the scripts."""

    def find_package_modules(self, package, package_dir):
        """Return a package's modules."""
        return (
            [] if package == "geomap.data" else super().find_package_modules(package, package_dir)
        )


# A wheel records who may read its files: the same whoever makes it.
os.umask(0o022)
setup(cmdclass={"build_py": BuildWithoutScripts})

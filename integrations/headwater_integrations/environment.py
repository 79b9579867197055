"""The environment of this process, as a facet."""

import os
import platform
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path

from headwater_integrations.facets import EnvironmentRunFacet, Package


def environment(lock_file: Path | None = None, image: str | None = None) -> EnvironmentRunFacet:
    """Return the facet of this process: Python, operating system, packages, processor, and the lock file's SHA-256.

    Reads names and versions of installed packages only: no environment variables, no paths, no index addresses.
    """
    return EnvironmentRunFacet(
        python=platform.python_version(),
        os=platform.platform(),
        packages=_packages(),
        lockSha256=sha256(lock_file.read_bytes()).hexdigest() if lock_file else None,
        image=image,
        hardware={"machine": platform.machine(), "cpus": str(os.cpu_count() or 1)},
    )


def _packages() -> list[Package]:
    # The first distribution of a name on sys.path is the one that is imported; later ones are shadowed.
    found: dict[str, Package] = {}
    for distribution in distributions():
        name = distribution.metadata["Name"]
        if name:
            found.setdefault(name.lower(), Package(name, distribution.version))
    return [found[name] for name in sorted(found)]

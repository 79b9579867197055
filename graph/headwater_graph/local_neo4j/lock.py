"""The pinned list of jars that make up the managed Neo4j, and how it is made.

`neo4j.lock` has one jar a line: SHA-256, size in bytes, `groupId:artifactId:version[:classifier]`, in class path order.
`python -m headwater_graph.local_neo4j.lock VERSION` resolves `org.neo4j:neo4j:VERSION` anew and rewrites the file.
"""

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

GROUP, ARTIFACT = "org.neo4j", "neo4j"
LOCK_FILE = Path(__file__).with_name("neo4j.lock")


@dataclass(frozen=True, slots=True)
class Jar:
    """One pinned jar of Maven Central."""

    sha256: str
    size: int
    group: str
    artifact: str
    version: str
    classifier: str = ""

    @property
    def filename(self) -> str:
        """The jar's file name, unique within the lock file."""
        return f"{self.artifact}-{self.version}{self.classifier and '-' + self.classifier}.jar"

    @property
    def coordinate(self) -> str:
        """The Maven coordinate, `groupId:artifactId:version[:classifier]`."""
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))


def parse_lock(text: str) -> tuple[Jar, ...]:
    """Read the lines of a lock file; empty lines and lines that start with `#` are comments."""
    lines = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return tuple(Jar(sha256, int(size), *coordinate.split(":")) for sha256, size, coordinate in lines)


@cache
def locked_jars() -> tuple[Jar, ...]:
    """Return the jars of the committed lock file, in class path order."""
    return parse_lock(LOCK_FILE.read_text("utf-8"))


@cache
def neo4j_version() -> str:
    """Return the version of Neo4j that the lock file pins."""
    return next(jar.version for jar in locked_jars() if (jar.group, jar.artifact) == (GROUP, ARTIFACT))


def resolve(version: str) -> tuple[Jar, ...]:
    """Resolve that version of Neo4j on Maven Central and hash every jar; takes minutes, downloads everything."""
    from jgo.maven import MavenContext, PythonResolver

    with TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), resolver=PythonResolver(), timeout=60)
        inputs, others = context.resolver.resolve([context.create_dependency(f"{GROUP}:{ARTIFACT}:{version}")])
        artifacts = [dependency.artifact for dependency in [*inputs, *others]]
        with ThreadPoolExecutor(6) as pool:
            contents = pool.map(lambda artifact: Path(artifact.resolve()).read_bytes(), artifacts)
            return tuple(
                Jar(hashlib.sha256(content).hexdigest(), len(content), a.groupId, a.artifactId, a.version, a.classifier)
                for a, content in zip(artifacts, contents, strict=True)
            )


def write_lock(version: str, path: Path = LOCK_FILE) -> None:
    """Resolve that version and write the lock file."""
    lines = [f"{jar.sha256} {jar.size} {jar.coordinate}" for jar in resolve(version)]
    head = f"# {GROUP}:{ARTIFACT}:{version}, made by: python -m headwater_graph.local_neo4j.lock {version}"
    path.write_text("\n".join([head, *lines]) + "\n", "utf-8")


if __name__ == "__main__":
    write_lock(sys.argv[1])

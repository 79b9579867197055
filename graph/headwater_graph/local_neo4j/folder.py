"""The data folder of the managed Neo4j: who uses it, what wrote it, its password and its configuration.

lock             held with flock by the live process and its supervisor; contains the pid
neo4j-version    the version that wrote the folder
password         mode 0600, made once
conf/  data/  logs/  jvm.pid
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import time
from pathlib import Path

import psutil

from headwater_graph.errors import GraphRefused
from headwater_graph.local_neo4j.lock import neo4j_version

USER = "neo4j"
HASH_ROUNDS = 1024

SERVER_LOGS = """\
<Configuration status="ERROR">
  <Appenders>
    <RollingRandomAccessFile name="File" fileName="${config:server.directories.logs}/debug.log"
        filePattern="${config:server.directories.logs}/debug.log.%i">
      <PatternLayout pattern="%d{yyyy-MM-dd HH:mm:ss.SSSZ}{GMT+0} %-5p [%c{1.}] %m%n"/>
      <Policies><SizeBasedTriggeringPolicy size="5 MB"/></Policies>
      <DefaultRolloverStrategy fileIndex="min" max="2"/>
    </RollingRandomAccessFile>
  </Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="File"/></Root></Loggers>
</Configuration>
"""
USER_LOGS = SERVER_LOGS.replace("debug.log", "neo4j.log").replace(" [%c{1.}]", "")


def take(folder: Path, wait: float = 60) -> int:
    """Lock the folder for this process and return the open descriptor that holds the lock.

    When the holder is dead but its supervisor still ends the JVM, waits up to `wait` seconds. Raises `GraphRefused`
    when another process uses the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise GraphRefused(f"The data folder {folder} cannot be used: {error.strerror}.") from error
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = int(os.pread(handle, 20, 0) or b"0")
            if (holder and runs(holder)) or time.monotonic() > deadline:
                os.close(handle)
                raise GraphRefused(
                    f"The data folder {folder} is in use by process {holder}: stop it, or choose another --data-dir."
                ) from None
            time.sleep(0.05)
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


def give_back(handle: int) -> None:
    """Unlock the folder; whoever looks at the lock for a moment from now on is not taken for its holder."""
    os.ftruncate(handle, 0)
    os.close(handle)


def end_leftover(folder: Path) -> None:
    """Kill a JVM that still runs on this folder although nobody holds its lock (its supervisor was killed)."""
    with contextlib.suppress(FileNotFoundError, ValueError, psutil.NoSuchProcess):
        process = psutil.Process(int((folder / "jvm.pid").read_text()))
        if f"--home-dir={folder}" in process.cmdline():
            process.kill()
            process.wait(30)


def runs(pid: int) -> bool:
    """Say whether that process runs; one that nobody has buried yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def check_version(folder: Path) -> None:
    """Record the version of Neo4j in a new folder; refuse a folder that another version wrote."""
    path, wanted = folder / "neo4j-version", neo4j_version()
    if not path.exists():
        _write_private(path, wanted)
    found = path.read_text("utf-8").strip()
    if found != wanted:
        raise GraphRefused(
            f"The graph in {folder} was written by Neo4j {found}, this Headwater runs Neo4j {wanted}. "
            f"Install the Headwater that wrote it, or move the folder away: the graph is rebuilt from the event log."
        )


def password(folder: Path) -> str:
    """Return the password of the folder; make a random one the first time, and tell Neo4j its hash."""
    path = folder / "password"
    if not path.exists():
        if (folder / "data").exists():
            raise GraphRefused(
                f"The password file {path} is gone, and Neo4j does not open without it: put it back, or move {folder} "
                f"away: the graph is rebuilt from the event log."
            )
        _write_private(path, secrets.token_urlsafe(24))
    text = path.read_text("utf-8").strip()
    _write_private(folder / "data" / "dbms" / "auth.ini", _auth_line(text))
    return text


def _auth_line(text: str) -> str:
    """The user as `neo4j-admin dbms set-initial-password` writes it, which takes a JVM and 3 seconds to do so."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + text.encode()).digest()
    for _ in range(HASH_ROUNDS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{HASH_ROUNDS}:\n"


def _write_private(path: Path, text: str) -> None:
    """Write the file as a whole, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def configure(folder: Path, bolt_port: int, page_cache_mb: int) -> None:
    """Write the configuration of Neo4j for one start."""
    address = f"127.0.0.1:{bolt_port}"
    settings = {
        "server.default_listen_address": "127.0.0.1",
        "server.bolt.listen_address": address,
        "server.bolt.advertised_address": address,
        "server.http.enabled": "false",
        "server.memory.pagecache.size": f"{page_cache_mb}m",
        "dbms.usage_report.enabled": "false",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "db.transaction.timeout": "300s",
        "db.tx_log.rotation.size": "16m",  # preallocated, per database: 256 MB by default
        "db.tx_log.rotation.retention_policy": "1 files",
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",  # a stop takes 10 s more otherwise
    }
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    (conf / "server-logs.xml").write_text(SERVER_LOGS, "utf-8")
    (conf / "user-logs.xml").write_text(USER_LOGS, "utf-8")
    (conf / "neo4j.conf").write_text("".join(f"{name}={value}\n" for name, value in settings.items()), "utf-8")


def last_log_lines(folder: Path, log_start: int, lines: int = 12) -> str:
    """Return the end of what Neo4j (from that offset of its log on) and the JVM said in this start."""
    said = []
    for path, start in ((folder / "logs" / "neo4j.log", log_start), (folder / "logs" / "console.log", 0)):
        if path.exists():
            content = path.read_bytes()
            said += content[start if start <= len(content) else 0 :].decode("utf-8", "replace").splitlines()[-lines:]
    return "\n".join(said)

"""A Neo4j Community of Headwater's own: provisioned once per user, run as a child process on loopback.

local = LocalNeo4j(data_dir / "neo4j")
info = local.start(on_progress)     # ConnectionInfo(uri, user, password, bolt_port)
local.stop()
"""

from headwater_graph.local_neo4j.provision import Progress, default_cache_dir, provision
from headwater_graph.local_neo4j.server import ConnectionInfo, LocalNeo4j

__all__ = ["ConnectionInfo", "LocalNeo4j", "Progress", "default_cache_dir", "provision"]

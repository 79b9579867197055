"""What is known of a job."""

from dataclasses import dataclass, field
from typing import Any

from headwater_collector.projection.facts.flows import Flows, merge_flows
from headwater_collector.projection.facts.register import Register, merge_registers
from headwater_collector.projection.facts.said import Said


@dataclass(slots=True)
class JobFacts:
    """What is known of a job, and its design-level edges."""

    namespace: str
    name: str
    registers: dict[str, Register] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    events: dict[str, Said] = field(default_factory=dict)
    """What JobEvents say, by token."""
    triggers: dict[str, Register] = field(default_factory=dict)
    """``[token, type, sequence rule, status rule]`` by ``<`` or ``>`` and the key of the job before or after it."""
    flows: Flows = field(default_factory=dict)
    """What its runs say to flow between others."""
    declared: Register = field(default_factory=list)
    """``[token, sources by target]`` of the latest JobEvent that says what flows between others; empty for none."""
    edges: dict[str, list[Any]] = field(default_factory=dict)
    """Worked out by `wiring`: see `wiring.Wire`."""
    closers: list[str] = field(default_factory=list)
    """Latest times at which a complete run or a JobEvent named datasets, sorted; worked out by `wiring`."""
    closers_cut: bool = False

    def merge(self, other: "JobFacts") -> None:
        """Take in what other events say of the same job."""
        merge_registers(self.registers, other.registers)
        if other.parents and not set(other.parents) <= set(self.parents):
            self.parents = sorted({*self.parents, *other.parents})
        self.events.update(other.events)
        merge_registers(self.triggers, other.triggers)
        merge_flows(self.flows, other.flows)
        self.declared = max(self.declared, other.declared, key=lambda register: register[:1])

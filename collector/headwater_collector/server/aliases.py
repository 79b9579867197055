"""Alias rules over HTTP: those that stand, what one would do, adding and removing, and suggestions with evidence."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from headwater_collector.aliases.preview import names_in_graph, preview
from headwater_collector.aliases.rule import AliasRule, alias_rule
from headwater_collector.aliases.suggestions import command_of, suggest
from headwater_collector.log.decision import MAX_REASON
from headwater_collector.log.decisions import Decided, Decisions
from headwater_collector.server.access import Access, Guards
from headwater_collector.server.services import Services


class RuleBody(BaseModel):
    """An alias rule: regular expressions (RE2) that must match the whole, and templates with {group}."""

    namespace: str = Field(".*", description="Pattern of namespaces.")
    name: str = Field(".*", description="Pattern of names.")
    to_namespace: str = Field(
        "", alias="toNamespace", description="Template of the other namespace; the same if empty."
    )
    to_name: str = Field("", alias="toName", description="Template of the other name; the same if empty.")

    def rule(self) -> AliasRule:
        """Return the rule. Raises `BadRequest` that says what is wrong with it."""
        return alias_rule(self.namespace, self.name, self.to_namespace, self.to_name)


class RuleToAdd(RuleBody):
    """An alias rule to add."""

    reason: str = Field("", max_length=MAX_REASON, description="Why; kept with the decision.")


def alias_routes(services: Services, guards: Guards) -> APIRouter:
    """Return the routes of alias rules."""
    router = APIRouter(prefix="/api/headwater/v1/aliases", tags=["Decisions"])
    decisions = Decisions(services.log)

    @router.get("", dependencies=[Depends(guards.read)])
    def list_rules() -> dict[str, Any]:
        """List the alias rules that stand: what each says, who added it, when and why."""
        found = decisions.rules().values()
        return {
            "rules": [{"id": d.subject, **_said(d.content), "by": d.by, "at": d.at, "reason": d.reason} for d in found]
        }

    @router.post("")
    def apply(rule: RuleToAdd, access: Annotated[Access, Depends(guards.admin)]) -> dict[str, Any]:
        """Add an alias rule: it applies to all datasets there are and to those that come."""
        return _decided("applied", decisions.add_rule(rule.rule(), access.name, rule.reason))

    @router.post("/preview", dependencies=[Depends(guards.read)])
    def show_preview(rule: RuleBody) -> dict[str, Any]:
        """Tell what a rule would do now, and change nothing."""
        checked = rule.rule()
        found = preview(checked, names_in_graph(services.queries())[0])
        pairs = [
            {"namespace": one[0], "name": one[1], "otherNamespace": other[0], "otherName": other[1], "known": known}
            for one, other, known in found.pairs
        ]
        stands = checked.id in decisions.rules()
        return {"id": checked.id, "stands": stands, "matched": found.matched, "joined": found.joined, "pairs": pairs}

    @router.get("/suggestions", dependencies=[Depends(guards.read)])
    def suggestions() -> dict[str, Any]:
        """Propose rules that the graph gives reason for, each with its evidence; none is applied."""
        found = suggest(*names_in_graph(services.queries()), decisions.rules())
        return {
            "suggestions": [
                {
                    "id": each.rule.id,
                    **_said(each.rule.content()),
                    "joins": each.joins,
                    "evidence": list(each.evidence),
                    "command": command_of(each.rule),
                }
                for each in found
            ]
        }

    @router.delete("/{rule}")
    def remove(rule: str, access: Annotated[Access, Depends(guards.admin)], reason: str = "") -> dict[str, Any]:
        """Take an alias rule back, with all that it did."""
        return _decided("removed", decisions.remove_rule(rule, access.name, reason))

    return router


def _said(content: Any) -> dict[str, str]:
    return {
        "namespace": content["namespace"],
        "name": content["name"],
        "toNamespace": content["to_namespace"],
        "toName": content["to_name"],
    }


def _decided(verb: str, found: Decided) -> dict[str, Any]:
    rule = (*found.decided, *found.unchanged)[0]
    return {"id": rule, verb: bool(found.decided), "offset": found.offset or None}

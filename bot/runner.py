"""The prediction graph as a list of direct calls.

Rasa's `DaskGraphRunner` builds the minimal schema and a dask graph anew on every run, and formats the whole tracker
for a debug line that nobody reads. The graph never changes after loading, so its order is worked out once a target.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage


class DirectGraphRunner(GraphRunner):
    """Runs the nodes of a loaded model one after the other, with Rasa's own `GraphNode` and nothing between."""

    def __init__(self, schema: GraphSchema, nodes: dict[str, GraphNode]) -> None:
        self._schema = schema
        self._nodes = nodes
        self._plans: dict[str, list[str]] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> DirectGraphRunner:
        """Load every node of `graph_schema` (see the interface for the arguments)."""
        nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        return cls(graph_schema, nodes)

    def needs_of(self, node: str) -> dict[str, str]:
        """Return which node feeds which parameter of `node`."""
        return self._schema.nodes[node].needs

    def components(self) -> list[Any]:
        """Return the loaded components, in no promised order."""
        return [node._component for node in self._nodes.values()]  # noqa: SLF001 - Rasa shows it nowhere

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Run what `targets` need and return their outputs by name."""
        results = dict(inputs or {})
        wanted = targets or self._schema.target_names
        for target in wanted:
            for name in self._plan(target):
                if name not in results:
                    fed = [(need, results[need]) for need in self._schema.nodes[name].needs.values()]
                    results[name] = self._nodes[name](*fed)[1]
        return {name: results[name] for name in wanted}

    def _plan(self, target: str) -> list[str]:
        if target not in self._plans:
            self._plans[target] = list(dict.fromkeys(self._order(target)))
        return self._plans[target]

    def _order(self, name: str) -> list[str]:
        if name not in self._nodes:  # a placeholder for an input of the run
            return []
        before = [step for need in self._schema.nodes[name].needs.values() for step in self._order(need)]
        return [*before, name]

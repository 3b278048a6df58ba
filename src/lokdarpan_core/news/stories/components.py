"""Stories are the components of "is one text": whoever is linked to a member is a member, however the links came.

Nodes are texts and stories; a story that is there already stands for all its texts. Two nodes that are connected need
not be compared again, which keeps a family of a thousand copies from costing half a million comparisons.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


class Components(Generic[Node]):
    """Disjoint sets with path halving (Tarjan and van Leeuwen 1984)."""

    def __init__(self) -> None:
        self._parents: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        """The node that stands for a component."""
        parents = self._parents
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents[parent]
        return node

    def are_joined(self, one: Node, other: Node) -> bool:
        """Whether two nodes are in one component."""
        return self.root(one) == self.root(other)

    def join(self, one: Node, other: Node) -> None:
        """Make one component of the two that these are in."""
        self._parents[self.root(one)] = self.root(other)

    def groups(self, nodes: Iterable[Node]) -> list[list[Node]]:
        """The components of these nodes, each with all that it has."""
        wanted = {self.root(node) for node in nodes}
        groups: dict[Node, list[Node]] = {root: [] for root in wanted}
        for node in list(self._parents):
            if (root := self.root(node)) in groups:
                groups[root].append(node)
        return list(groups.values())

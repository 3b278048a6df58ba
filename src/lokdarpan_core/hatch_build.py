"""Take the workspace's migrations/ into core's wheel and sdist."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class MigrationsHook(BuildHookInterface[Any]):
    """Core's migrations lie at the top of the workspace; in an unpacked sdist they lie beside this file already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them as `migrations`, unless this is an editable install, which reads the workspace's own."""
        root = Path(self.root)
        workspace = root.parents[1] / "migrations"
        if version != "editable" and workspace.is_dir() and not (root / "migrations").exists():
            build_data["force_include"][str(workspace)] = "migrations"

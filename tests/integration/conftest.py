"""Practice sites and servers in front of them, for tests through the whole house."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_shelled, _practice, _publishing = _beside("shelled"), _beside("practice"), _beside("publishing")
practice, url, chromium = _practice.practice, _practice.url, _practice.chromium
material, stages, stage, serve = _publishing.material, _publishing.stages, _publishing.stage, _publishing.serve
empty, prepared, published = _publishing.empty, _publishing.prepared, _publishing.published
publishing = _publishing.publishing

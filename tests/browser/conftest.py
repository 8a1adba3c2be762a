"""Practice sites, servers in front of them and browsers, for tests through the whole house."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def _beside(name: str) -> ModuleType:
    """A module of the test folder, which is no package; tests of this folder import it by its name."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parents[1] / f"{name}.py")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_practice, _browsing = _beside("practice"), _beside("browsing")
practice, url, chromium = _practice.practice, _practice.url, _practice.chromium
browser, comes = _browsing.browser, _browsing.comes

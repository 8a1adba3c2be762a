"""A practice site and a server in front of it, for tests through the whole house."""

import importlib.util
from pathlib import Path

_spec = importlib.util.spec_from_file_location("practice", Path(__file__).parents[1] / "practice.py")
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)
practice, url, chromium = _module.practice, _module.url, _module.chromium

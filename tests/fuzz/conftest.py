"""What the tests here share stands beside them; the command that searches longer imports it in the same way."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

"""What a password costs where nobody makes it cheaper."""

import subprocess
import sys

TEXT = """
from safeconduct.identity.passwords import Passwords

known = Passwords()
print(known.hash("a long pass phrase", login="amara").rpartition("$")[0].rpartition("$")[0])
print(known.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$hBmSLBXVZaHZbpmv1xcxLw"))
"""


def test_a_password_is_kept_at_the_cost_that_argon2_recommends() -> None:
    """64 MiB, three passes, four lanes (RFC 9106, the second choice); what was made cheaper is made anew."""
    said = subprocess.run([sys.executable, "-c", TEXT], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.split() == ["$argon2id$v=19$m=65536,t=3,p=4", "True"]

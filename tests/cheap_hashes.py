"""Passwords at little cost: whoever imports this hashes them with the least that argon2id can do.

A site of a test has a dozen people and nobody to keep out, and a hash at its true cost takes 64 MiB and a quarter of a
second. `tests/unit/identity/test_true_cost.py` keeps the true one.
"""

from functools import partial

from argon2 import PasswordHasher

from safeconduct.identity import passwords

passwords.PasswordHasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)

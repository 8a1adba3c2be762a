"""Practice sites and servers in front of them, for tests through the whole house."""

from practice import chromium, practice, url
from publishing import empty, material, prepared, published, publishing, serve, stage, stages

__all__ = [
    "chromium", "empty", "material", "practice", "prepared", "published",
    "publishing", "serve", "stage", "stages", "url",
]  # fmt: skip

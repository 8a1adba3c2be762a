# What to run, by name. `uv run just` lists it; CI runs the same recipes.

export UV_PYTHON_DOWNLOADS := "never"

export_flags := "--no-dev --extra site --no-emit-project --no-annotate --no-header --format requirements-txt --quiet"

[private]
default:
    @just --list

# Say whether the tree is fit to send; changes nothing.
[parallel]
check: lint types contracts spelling lock-agrees generated-agrees

# Mend what a tool can mend.
fix: generate
    uv run ruff check --fix --quiet
    uv run ruff format --quiet

# Run every test, as the README says.
test *arguments:
    uv run pytest {{ arguments }}

# Run the tests that need no browser, no database server and no patience.
test-fast *arguments:
    uv run pytest -n auto -m "not slow and not browser and not postgres" tests {{ arguments }}

# Measure the house: fails outside the band of sizes.
sizes:
    uv run python benchmarks/sizes.py src

# Resolve afresh and write requirements.lock.
lock:
    rm -f uv.lock
    uv export {{ export_flags }} --output-file requirements.lock

# Write what is derived from the code: client methods, API description, reference pages.
generate:
    uv run safeconduct generate

# Build the pages of docs/ into build/docs; the builder is fetched for the occasion.
docs:
    uvx --from zensical==0.0.73 zensical build --strict

# Run every benchmark at a small size.
bench:
    uv run safeconduct bench observe --events 1000000 --json

[private]
lint:
    uv run ruff check --quiet
    uv run ruff format --check --quiet

[private]
types:
    uv run mypy --no-error-summary

[private]
contracts:
    uv run lint-imports --no-logo

[private]
spelling:
    uv run codespell

# A fresh resolution, away from any uv.lock that lies about, must give the committed lock.
[private]
lock-agrees:
    #!/usr/bin/env bash
    set -euo pipefail
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    cp pyproject.toml "$fresh/"
    (cd "$fresh" && uv export {{ export_flags }} --output-file requirements.lock >/dev/null)
    diff requirements.lock "$fresh/requirements.lock" >/dev/null || {
        echo "requirements.lock is not what pyproject.toml resolves to; run 'uv run just lock' and read the difference" >&2
        exit 1
    }

[private]
generated-agrees:
    uv run safeconduct generate --check

"""`safeconduct standard`: standards of case data, on one's own files and without a site."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from safeconduct.cli.outcome import AS_JSON, Exit, plainly, show
from safeconduct.desk.standards import NAMES, TemplateKind, Validated, converted, refilled, shown, template, validate
from safeconduct.model.errors import WrongState

OUT = click.option("--out", required=True, type=click.Path(path_type=Path), help="The file to write; never one there.")


@click.group()
def standard() -> None:
    """Standards of case data: what they say, empty templates, and whether a file keeps to one.

    Works on files of your own, without a site; nothing is sent anywhere.
    """


@standard.command("show")
@click.argument("name", type=click.Choice(NAMES))
@AS_JSON
@plainly
def show_(name: str, as_json: bool) -> Exit:
    """Show what a standard declares: fields, answers, and what each may give away."""
    tree = shown(name)
    show(tree, as_json=as_json, says=lambda: "\n".join(_lines(tree)))
    return Exit.DONE


@standard.command("template")
@click.argument("name", type=click.Choice(NAMES))
@click.option("--kind", type=click.Choice([one.value for one in TemplateKind]), default="workbook", show_default=True,
              help="A workbook to type into, a form for telephones, or the mapping as CSV or as a page.")  # fmt: skip
@OUT
@plainly
def template_(name: str, kind: str, out: Path) -> Exit:
    """Write an empty template of a standard, or the mapping between standards."""
    _write(out, template(name, TemplateKind(kind)))
    return Exit.DONE


@standard.command("validate")
@click.argument("name", type=click.Choice(NAMES))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@AS_JSON
@plainly
def validate_(name: str, files: tuple[Path, ...], as_json: bool) -> Exit:
    """Look whether files of cases keep to a standard; ends with 1 where something was found."""
    found = validate(name, files, today=datetime.now(UTC).date())
    tree = {"keeps": found.keeps, "format": found.format, "tables": dict(found.tables), "notes": list(found.notes),
            "findings": [dict(one) for one in found.findings]}  # fmt: skip
    show(tree, as_json=as_json, says=lambda: "\n".join(_findings(found)))
    return Exit.DONE if found.keeps else Exit.FAILED


@standard.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--release", default="", help="The public file of CTDC whose columns are wanted; the newest by default.")
@OUT
@plainly
def convert_(file: Path, release: str, out: Path) -> Exit:
    """Write a file of cases in the column style of CTDC: a draft that protects nobody, to be treated first.

    Records without a yes to research are left out.
    """
    content, left_out, unfilled = converted(file, release=release)
    _write(out, content)
    click.echo(f"records left out, because they do not say yes to research: {left_out}", err=True)
    click.echo(f"columns that nothing fills: {', '.join(unfilled) or 'none'}", err=True)
    return Exit.DONE


@standard.command("fill")
@click.argument("workbook", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@OUT
@plainly
def fill_(workbook: Path, file: Path, out: Path) -> Exit:
    """Write the cases of FILE into WORKBOOK, an official template of HTCDS or one of ours."""
    content, left_out = refilled(workbook, file)
    _write(out, content)
    click.echo(f"columns that are of no standard and were left out: {', '.join(left_out) or 'none'}", err=True)
    return Exit.DONE


def _write(out: Path, content: bytes) -> None:
    """Write a file that is not there yet, for its owner's eyes.

    Raises:
        WrongState: There is one of that name, or it cannot be written.
    """
    try:
        out.touch(mode=0o600, exist_ok=False)
        out.write_bytes(content)
    except FileExistsError:
        raise WrongState("there is a file of that name; choose another, nothing is overwritten") from None
    except OSError:
        raise WrongState("the file cannot be written; check the folder and that you may") from None
    click.echo(f"written: {out}", err=sys.stdout.isatty())


def _lines(tree: Mapping[str, Any]) -> Iterator[str]:
    yield f"{tree['title']} {tree.get('version', '')}".strip()
    yield from (str(tree[name]) for name in ("licence", "note") if tree.get(name))
    for one in (*tree.get("fields", ()), *tree.get("additions", ())):
        mark = "*" if one["core"] else " "
        yield f"{mark} {one['name']:<40} {one['type']:<24} {one['cardinality']:<5} {one['role']}"
    for one in tree.get("units", ()):
        yield f"  unit {one['name']}: {' '.join(one['parts'])}"
    for one in tree.get("releases", ()):
        yield f"  {one['name']}: {len(one['columns'])} columns; {one['privacy']}"


def _findings(found: Validated) -> Iterator[str]:
    yield from found.notes
    for one in found.findings:
        yield f"- {one['says']}"
    yield "The file keeps to the standard." if found.keeps else f"{len(found.findings)} findings."

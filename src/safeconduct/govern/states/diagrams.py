"""The tables of states as pictures and pages; made of the tables, so that no document says otherwise."""

from collections.abc import Iterator

from safeconduct.govern.states.machine import Machine, Move, machines

END = "[*]"


def mermaid(machine: Machine) -> str:
    """The table as a Mermaid state diagram; a line a move and state it starts from, acts that move nothing too.

    Example:
        >>> print(mermaid(machines()["licence"]).splitlines()[1])
            [*] --> offered
    """
    arrows = [f"{state} --> {move.to}: {move.command}" for move in machine.moves for state in move.frm]
    ends = [f"{one.name} --> {END}" for one in machine.states if one.final]
    lines = [f"{END} --> {machine.start}", *arrows, *ends]
    return "stateDiagram-v2\n" + "".join(f"    {line}\n" for line in lines)


def table(machine: Machine) -> str:
    """The table as Markdown: one row a move, who may make it, and what it says."""
    return "".join(f"| {' | '.join(row)} |\n" for row in (HEAD, RULE, *map(_row, machine.moves)))


HEAD = ("From", "Command", "To", "Who may", "What happened")
RULE = ("---",) * len(HEAD)


def _row(move: Move) -> tuple[str, ...]:
    return (", ".join(move.frm), f"`{move.command}`", move.to, ", ".join(move.by), str(move.says))


def states_page(header: str = "") -> str:
    """The reference page of every table: its states, its diagram and its moves, in English Markdown.

    Args:
        header: What a generated file says of itself, put in as a comment.
    """
    head = "# States\n" + (f"\n<!-- {header} -->\n" if header else "")
    return head + "".join(part for machine in machines().values() for part in _section(machine))


def _section(machine: Machine) -> Iterator[str]:
    yield f"\n## {machine.name}\n\n{machine.title}\n\n"
    for one in machine.states:
        waits = f" Waits for: {one.owner.value}." if one.owner else ""
        yield f"- **{one.name}**: {one.says}{waits}\n"
    yield f"\n```mermaid\n{mermaid(machine)}```\n\n{table(machine)}"

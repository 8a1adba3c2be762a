"""Progress on long work, on standard error: steps and files, never rows or people."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


@contextmanager
def bar(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar a step; told which step, how many done, of how many.

    Args:
        quiet: Say nothing.
    """
    console = Console(stderr=True, quiet=quiet)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, every: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=every)
                if not progress.live.is_started and not quiet:
                    console.print(f"{step} …")
            progress.update(tasks[step], completed=done, total=every)

        yield tell

"""Asking a person on a terminal: everything goes to stderr, results stay on stdout."""

from collections.abc import Sequence

import typer

from clawdbot_site.cli.console import err


def heading(number: int, of: int, name: str) -> None:
    """Where one is."""
    err.print(f"\n[bold]{number} of {of} · {name}[/bold]")


def say(text: str) -> None:
    """A line between questions."""
    err.print(f"  {text}", markup=False)


def choose(question: str, choices: Sequence[tuple[str, str]], usual: str) -> str:
    """One of (value, what it is), by its number or itself; Enter takes the usual one."""
    for number, (value, label) in enumerate(choices, start=1):
        say(f"{number}  {label}{'  (suggested)' if value == usual else ''}")
    values = [value for value, _ in choices]
    default = values.index(usual) + 1 if usual in values else 1
    while True:
        said = str(typer.prompt(f"  {question}", default=str(default), err=True)).strip()
        if said in values:
            return said
        if said.isdecimal() and 1 <= int(said) <= len(values):
            return values[int(said) - 1]
        say(f"Type a number from 1 to {len(values)}.")


def ask(question: str, usual: str = "", *, is_hidden: bool = False) -> str:
    """A line of text; Enter takes the usual one, which may be empty."""
    found: str = typer.prompt(
        f"  {question}",
        default=usual,
        show_default=bool(usual) and not is_hidden,
        hide_input=is_hidden,
        err=True,
    )
    return found.strip()


def is_so(question: str, *, usual: bool) -> bool:
    """Yes or no."""
    return typer.confirm(f"  {question}", default=usual, err=True)

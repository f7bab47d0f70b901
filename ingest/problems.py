"""The first problems of a job on many documents, and how many there were."""

from dataclasses import dataclass, field

LISTED = 100


@dataclass(slots=True)
class Problems:
    """Keeps the first LISTED problems; counts them all."""

    listed: list[dict[str, str]] = field(default_factory=list)
    count: int = 0

    def add(self, *, where: str, code: str, message: str) -> None:
        """Note one: `where` is a path or line."""
        self.count += 1
        if len(self.listed) < LISTED:
            self.listed.append({"where": where, "code": code, "message": message})

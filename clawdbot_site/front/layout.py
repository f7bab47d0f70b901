"""Where things lie in the folder of a front."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Front:
    """The folder: configuration that `rendering` writes, and `run/`, which the balancer writes."""

    folder: Path

    @property
    def configuration(self) -> Path:
        """What nginx reads first."""
        return self.folder / "nginx.conf"

    @property
    def nodes(self) -> Path:
        """Addresses of the nodes' web servers, one `host:port` a line."""
        return self.folder / "nodes"

    @property
    def certificates(self) -> Path:
        """Files whose change nginx must be told of, one path a line."""
        return self.folder / "certificates"

    @property
    def closed(self) -> Path:
        """While this file is there, people get the maintenance page."""
        return self.folder / "maintenance"

    @property
    def run(self) -> Path:
        """What is made anew at each start, with nginx's caches and spools."""
        return self.folder / "run"

    @property
    def upstream(self) -> Path:
        """The nodes that nginx asks now."""
        return self.run / "upstream.conf"

    @property
    def state(self) -> Path:
        """What the balancer knows of each node, as JSON."""
        return self.run / "nodes.json"

    @property
    def pid(self) -> Path:
        """The process id of nginx."""
        return self.run / "nginx.pid"


def make_folder(path: Path) -> None:
    """Make a folder that nginx's workers may enter, whatever the umask is; one that is there stays
    as it is."""
    if not path.exists():
        path.mkdir(parents=True)
        path.chmod(0o755)


def replace(path: Path, text: str) -> bool:
    """Write a file at once: a reader sees the old text or the new one. Tells whether it differs."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    fresh = path.with_name(f".{path.name}.fresh")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o644)  # whatever the umask is: nothing here is secret
    fresh.replace(path)
    return True

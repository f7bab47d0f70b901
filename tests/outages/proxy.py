"""A cable to a server that can be cut: silently, so that neither end hears of it."""

import socket
import threading


class Proxy:
    """Passes on what is sent to `port`. `close` ends all connections."""

    def __init__(self, target: int) -> None:
        self._target, self._ends, self._deaf = target, [], set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self._serve(self._accept)

    def cut(self) -> None:
        """What is connected now stays so and hears nothing more; who connects anew is served."""
        self._deaf |= set(self._ends)

    def close(self) -> None:
        """Nobody is served any more."""
        self._door.close()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        while True:
            client = self._door.accept()[0]
            try:
                server = socket.create_connection(("127.0.0.1", self._target))
            except ConnectionRefusedError:
                client.close()
                continue
            self._ends += [client, server]
            self._serve(self._pass_on, client, server)
            self._serve(self._pass_on, server, client)

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            if source not in self._deaf:
                target.sendall(data)
        if source not in self._deaf:
            target.shutdown(socket.SHUT_WR)

    def _serve(self, serve, *ends: socket.socket) -> None:
        def run() -> None:
            try:
                serve(*ends)
            except OSError:  # closed
                return

        threading.Thread(target=run, daemon=True).start()

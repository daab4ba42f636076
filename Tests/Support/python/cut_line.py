"""A TCP forwarder between a client and the server that can be cut, mended and frozen."""

import socket
import threading


class CutLine:
    """Forwards connections to `target_port` from a port of its own, until it is stopped."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.whole = True
        self.flowing = threading.Event()
        self.flowing.set()
        self.answering = threading.Event()
        self.answering.set()
        self.withheld = threading.Event()  # whether there is something that `mute` holds back
        self.pairs = []
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()
        self.thaw()
        self.unmute()
        self.cut()

    @property
    def page(self):
        return f"http://127.0.0.1:{self.port}/"

    def cut(self):
        """Ends open connections, and every new one, without a closing handshake."""
        with self.lock:
            self.whole = False
            for end in self.pairs:
                hang_up(end)
            self.pairs.clear()

    def mend(self):
        with self.lock:
            self.whole = True

    def freeze(self):
        """From now on nothing gets through and nothing ends, as on a line that is dead."""
        self.flowing.clear()

    def thaw(self):
        self.flowing.set()

    def mute(self):
        """From now on the server is heard no more, but hears everything itself."""
        self.withheld.clear()
        self.answering.clear()

    def unmute(self):
        self.answering.set()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                if not self.whole:
                    hang_up(near)
                    continue
                try:
                    far = socket.create_connection(("127.0.0.1", self.target_port))
                except ConnectionRefusedError:
                    # The server is between two processes.
                    hang_up(near)
                    continue
                self.pairs += [near, far]
            threading.Thread(target=self.forward, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.forward, args=(far, near, True), daemon=True).start()

    def forward(self, source, sink, answers):
        try:
            while data := source.recv(65536):
                self.flowing.wait()
                if answers and not self.answering.is_set():
                    self.withheld.set()
                    self.answering.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            hang_up(sink)


def hang_up(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()

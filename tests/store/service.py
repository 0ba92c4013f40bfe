"""A service that uses the store: `store-drive`, which does what each line says and answers it."""
import pathlib
import subprocess


class Failed(Exception):
    """The store said no: `code` is its name, the text what it said."""

    def __init__(self, code, text):
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Service:
    def __init__(self, build, tables=(), preexec_fn=None):
        self.log = []
        self.process = subprocess.Popen(
            [str(pathlib.Path(build) / "tests" / "store" / "store-drive")], text=True,
            encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=1,
            preexec_fn=preexec_fn, restore_signals=preexec_fn is None)
        for name, path in dict(tables).items():
            self("table", name, path)

    def __call__(self, *words):
        """Gives the words after "ok"; raises Failed."""
        line = "\t".join(str(word) for word in words)
        self.log.append(line)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n").split("\t")
        if answer == [""]:
            raise RuntimeError(f"the service ended with {self.process.wait()} at: {line}")
        if answer[0] != "ok":
            raise Failed(answer[0], answer[1])
        return answer[1:]

    def lines(self, count, *words):
        """Several lines of answer, as they are."""
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return [self.process.stdout.readline().rstrip("\n").split("\t") for _ in range(count)]

    def make(self, table, url, keys="-", kinds=0):
        self("create", table, url, keys)
        self("open", table, url, keys)
        if kinds:
            self("settle", kinds)

    def record(self, what, person="-", record="-", received=0, source=0, evidence="-", done=False):
        """The receipt, or None if nothing was recorded."""
        said, receipt = self("record", what, person, record, received, source, evidence, int(done))
        return receipt if said == "recorded" else None

    def ask(self, point, person, record="-"):
        return self("ask", point, person, record)

    def allowed(self, point, person, record="-"):
        return self.ask(point, person, record)[0] == "allowed"

    def states(self, person, record="-"):
        reason, *states = self("states", person, record)
        return reason, dict(state.split("=") for state in states)

    def close(self):
        """Ends as a program does that closes its store; a leak or a bad access is a failure."""
        self.process.stdin.close()
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        if code:
            raise RuntimeError(f"the service ended with {code}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

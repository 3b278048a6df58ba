#!/usr/bin/python3
"""Follow docs/deploy.md, then docs/move-server.md, command by command, on a machine inside this one.

    unshare --mount --pid --fork --kill-child /usr/bin/python3 tests/deploy/sandbox.py

The machine is this one's root folder with a layer over it, which takes all that is written and is thrown away at the
end; processes end with it. What systemd does there is done by `systemctl.py`. Exit code 77: it can't be done here, with
the reason; 1: a command or a check has failed. Standard library only.
"""

import ctypes
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
SOURCE = "/usr/local/src/lokdarpan"
BASE = Path("/mnt")
INBOX = Path("/var/lib/lokdarpan/inbox")
PORTS = {80: "http", 443: "https", 5432: "PostgreSQL", 6379: "Redis"}
PROGRAMS = ("nginx", "redis-server", "pg_ctlcluster", "psql", "openssl", "curl", "pgrep")
SKIPPED = 77
UPDATE = "deploy/deploy.sh\n"
KEPT = ("PIP_", "SSL_", "CURL_CA", "REQUESTS_CA", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "no_proxy")
PAUSE = 0.08  # between two requests, so that nginx's limit of 20 a second is kept
libc = ctypes.CDLL(None, use_errno=True)


def skip(reason: str) -> None:
    print(f"SKIPPED: {reason}", flush=True)
    sys.exit(SKIPPED)


def mount(kind: str, target: Path, options: str = "") -> None:
    target.mkdir(parents=True, exist_ok=True)
    if libc.mount(kind.encode(), str(target).encode(), kind.encode(), 0, options.encode()) != 0:
        skip(f"{kind} can't be mounted here: {os.strerror(ctypes.get_errno())}")


def enter() -> None:
    """Make the layered machine and go into it."""
    for port, name in PORTS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                skip(f"port {port} ({name}) is in use")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    files = subprocess.run(
        ["git", "-c", f"safe.directory={CHECKOUT}", "ls-files", "-co", "--exclude-standard"],
        cwd=CHECKOUT, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    mount("tmpfs", BASE)
    root, upper, work = (BASE / name for name in ("root", "upper", "work"))
    for folder in (upper, work):
        folder.mkdir()
    mount("overlay", root, f"lowerdir=/,upperdir={upper},workdir={work}")
    mount("proc", root / "proc")
    subprocess.run(["mount", "--rbind", "/dev", root / "dev"], check=True)
    for name, mode in (("run", "0755"), ("tmp", "1777")):
        mount("tmpfs", root / name, f"mode={mode}")
    for name in files:
        if (CHECKOUT / name).is_file():
            target = root / SOURCE[1:] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target)
    for folder in [root / SOURCE[1:], *(root / SOURCE[1:]).rglob("*/")]:
        folder.chmod(0o755)
    (root / "run/bin").mkdir()
    shutil.copy2(HERE / "systemctl.py", root / "run/bin/systemctl")
    (root / "run/bin/systemctl").chmod(0o755)
    policy = root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")  # packages start nothing: the page says when
    policy.chmod(0o755)
    os.chroot(root)
    os.chdir("/")


class Shell:
    """One bash that reads a page's blocks, so that variables and the folder last from one to the next."""

    def __init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
        path = "/run/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        self.process = subprocess.Popen(
            ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, errors="replace",
            env=kept | {"PATH": path, "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        self.number = 0
        self._say("set -eo pipefail")

    def _say(self, line: str) -> None:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def run(self, block: str, *, tolerant: bool = False) -> bool:
        """Whether it went well; it ends the program when not, unless tolerant."""
        self.number += 1
        script = Path(f"/run/block-{self.number}.sh")
        script.write_text(block)
        print(f"\n$ {block.rstrip()}".replace("\n", "\n$ ", block.count("\n")), flush=True)
        begun, done = time.monotonic(), f"@@{self.number} "
        self._say(f"bash {script} < /dev/null && echo '{done}0' || echo '{done}1'" if tolerant else
                  f"source {script} < /dev/null; echo '{done}0'")  # fmt: skip
        for line in self.process.stdout:
            if line.startswith(done):
                print(f"  ({time.monotonic() - begun:.1f} s)", flush=True)
                return line == f"{done}0\n"
            print(f"  {line}", end="", flush=True)
        fail(f"block {self.number} ended with {self.process.wait()}")
        return False


def fail(what: str) -> None:
    print(f"FAILED: {what}", flush=True)
    for log in sorted(Path("/run/units").glob("*.log")):
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}", flush=True)
    sys.exit(1)


def check(what: str, expected: object, found: object) -> None:
    print(f"CHECK {what}: {found}", flush=True)
    if expected != found:
        fail(f"{what}: expected {expected}, found {found}")


def blocks(page: str) -> list[tuple[str, str]]:
    """The commands of a page: (what stands after `sh`, text)."""
    text = Path(SOURCE, "docs", page).read_text()
    return re.findall(r"^```sh ?(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def ask(path: str, *, method: str = "GET", body: bytes | None = None, tls: bool = True, **headers: str):
    """One request through nginx: (status, headers, body). Status 0: no answer."""
    name = "lokdarpan.example"
    if tls:
        context = ssl.create_default_context(cafile="/etc/lokdarpan/tls/fullchain.pem")
        connection = http.client.HTTPSConnection(name, timeout=30, context=context)
        plain = socket.create_connection(("127.0.0.1", 443), 30)
        connection.sock = context.wrap_socket(plain, server_hostname=name)
    else:
        connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=30)
    try:
        connection.request(method, path, body, {"Host": name, **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


class Load:
    """Readers who ask all the time while something else happens."""

    def __init__(self) -> None:
        self.answers: Counter[object] = Counter()
        self.slowest = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._over.wait(PAUSE):
            begun = time.monotonic()
            try:
                self.answers[ask("/healthz")[0]] += 1
            except OSError as error:
                self.answers[repr(error)] += 1
            self.slowest = max(self.slowest, time.monotonic() - begun)

    def __enter__(self) -> "Load":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._over.set()
        self._thread.join()


def sql(query: str) -> str:
    command = ["runuser", "-u", "postgres", "--", "psql", "-XAtq", "-d", "lokdarpan", "-c", query]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout.strip()


def deploy(shell: Shell) -> None:
    """The page for a new machine."""
    first, *rest = (text for _, text in blocks("deploy.md"))
    if not shell.run(first, tolerant=True):
        missing = [name for name in PROGRAMS if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None]
        if missing:
            skip(f"{', '.join(missing)} are not installed, and the package archive can't be reached")
    seen_updates = 0
    for block in rest:
        if block != UPDATE:
            shell.run(block)
            continue
        seen_updates += 1
        if seen_updates == 1:
            shell.run(block)
            continue
        before = Path("/opt/lokdarpan/current").resolve()
        with Load() as load:
            shell.run(block)
            time.sleep(3)
        print(f"CHECK during the update: {dict(load.answers)}, the slowest took {load.slowest:.2f} s", flush=True)
        check("answers during the update that were not 200", [], [one for one in load.answers if one != 200])
        check("the version before is still there, and not current", (True, False),
              (before.exists(), before == Path("/opt/lokdarpan/current").resolve()))  # fmt: skip
        workers = {Path(f"/proc/{pid}/maps").read_text().count(str(before)) for pid in workers_of("lokdarpan-web")}
        check("mappings of the old version in the web server's workers", {0}, workers)


def workers_of(unit: str) -> list[str]:
    main = Path(f"/run/units/{unit}").read_text()
    return Path(f"/proc/{main}/task/{main}/children").read_text().split()


def look() -> None:
    """What the page has promised."""
    status, headers, _ = ask("/api/v1/ward/meta/WARD_001", tls=False)
    check("http leads to https", (308, "https://lokdarpan.example/api/v1/ward/meta/WARD_001"),
          (status, headers.get("Location")))  # fmt: skip
    status, headers, body = ask("/readyz")
    check("ready, over https", (200, True), (status, b'"ok"' in body))
    check("HSTS", "max-age=31536000", headers.get("Strict-Transport-Security"))
    check("a body of 17 MB", 413, ask("/api/v1/epapers", method="POST", **{"Content-Length": str(17 << 20)})[0])
    status, headers, body = ask("/api/v1/openapi.json", **{"Accept-Encoding": "gzip"})
    if status == 200:
        check("a long answer is compressed", "gzip", headers.get("Content-Encoding"))
    check(
        "the delivered article, its post and its ward",
        "1|1|t",
        sql("SELECT (SELECT count(*) FROM epaper), (SELECT count(*) FROM post), (SELECT count(*) > 0 FROM post_ward)"),
    )
    check(
        "the tables' owner",
        "lokdarpan_owner",
        sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"),
    )
    check("files in the inbox", ["processed"], [one.name for one in INBOX.iterdir()])
    quick = Counter(ask("/healthz")[0] for _ in range(300))
    check("a flood is slowed down, and nothing else happens to it", {200, 429}, set(quick))


def move(shell: Shell) -> None:
    """The page for a move; this machine is the old one, and then, emptied, the new one."""
    pages = blocks("move-server.md")
    digest = "SELECT count(*), sum(hashtextextended(CAST(e AS text), 0)::numeric) FROM epaper AS e"
    before = sql(digest)
    for text in (text for where, text in pages if where == "old"):
        shell.run(text)
    shutil.rmtree(INBOX)
    INBOX.mkdir()
    Path("/etc/lokdarpan/environment").unlink()
    for text in (text for where, text in pages if where == "new"):
        shell.run(text)
    check("articles after the move", before, sql(digest))
    check("ready after the move", 200, ask("/readyz")[0])
    check("the inbox has come along", 1, len(list((INBOX / "processed").iterdir())))


def main() -> None:
    enter()
    shell = Shell()
    try:
        deploy(shell)
        look()
        time.sleep(6)  # the flood's burst is forgotten
        move(shell)
    finally:
        for name in ("lokdarpan-web", "lokdarpan-worker", "nginx", "redis-server", "postgresql"):
            subprocess.run(["/run/bin/systemctl", "stop", name], check=False, capture_output=True)
    print("\nFollowed to the end: docs/deploy.md and docs/move-server.md", flush=True)


if __name__ == "__main__":
    main()

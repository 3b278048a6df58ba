#!/usr/bin/python3
"""What a test has in systemd's place, where none runs: it reads the units and starts what they say, as whom they say,
with the environment and the socket that they name. Standard library only: it runs on a machine that is still empty.

Only what docs/deploy.md and deploy/deploy.sh ask of `systemctl` is here. Restarts of what dies, limits and hardening
are systemd's, and are not imitated.
"""

import grp
import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

UNITS = [Path("/etc/systemd/system"), Path("/lib/systemd/system"), Path("/usr/lib/systemd/system")]
STATE = Path("/run/units")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
FIRST_SOCKET = 3


def read(name: str) -> dict[str, list[str]]:
    """A unit's settings, each with all its values."""
    path = next((folder / name for folder in UNITS if (folder / name).is_file()), None)
    if path is None:
        sys.exit(f"Unit {name} not found.")
    found = defaultdict(list)
    for line in path.read_text().replace("\\\n", " ").splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            found[key.strip()].append(value.strip())
    return found


def environment(unit: dict[str, list[str]]) -> dict[str, str]:
    """What systemd gives a service: little, and what the unit names."""
    variables = {"PATH": PATH, "LANG": "C.UTF-8"}
    for words in unit["Environment"]:
        variables |= dict(word.split("=", 1) for word in shlex.split(words))
    for file in unit["EnvironmentFile"]:
        if file.startswith("-") and not Path(file[1:]).exists():
            continue
        for line in Path(file.lstrip("-")).read_text().splitlines():
            if "=" in line and not line.startswith("#"):
                name, value = line.split("=", 1)
                variables[name] = "".join(shlex.split(value))
    return variables


def identity(unit: dict[str, list[str]]) -> dict[str, object]:
    """Whom a service runs as, as subprocess wants it."""
    if not unit["User"]:
        return {}
    user = pwd.getpwnam(unit["User"][-1])
    group = grp.getgrnam(unit["Group"][-1]).gr_gid if unit["Group"] else user.pw_gid
    more = [one.gr_gid for one in grp.getgrall() if user.pw_name in one.gr_mem]
    return {"user": user.pw_uid, "group": group, "extra_groups": more}


def folders(unit: dict[str, list[str]], who: dict[str, object]) -> None:
    """RuntimeDirectory= and StateDirectory=."""
    for key, base in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
        for name in " ".join(unit[key]).split():
            path = Path(base, name)
            path.mkdir(parents=True, exist_ok=True)
            if who:
                os.chown(path, who["user"], who["group"])
            path.chmod(int((unit[f"{key}Mode"] or ["0755"])[-1], 8))


def listening(name: str) -> list[socket.socket]:
    """The sockets of the socket unit that goes with a service."""
    if not any((folder / f"{name}.socket").is_file() for folder in UNITS):
        return []
    unit = read(f"{name}.socket")
    path = Path(unit["ListenStream"][-1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    one = socket.socket(socket.AF_UNIX)
    one.bind(str(path))
    os.chown(path, pwd.getpwnam(unit["SocketUser"][-1]).pw_uid, grp.getgrnam(unit["SocketGroup"][-1]).gr_gid)
    path.chmod(int(unit["SocketMode"][-1], 8))
    one.listen(int(unit["Backlog"][-1]))
    if one.fileno() != FIRST_SOCKET:
        os.dup2(one.fileno(), FIRST_SOCKET)
    os.set_inheritable(FIRST_SOCKET, True)
    return [one]


def start(name: str) -> None:
    if alive(name):
        return
    if name == "postgresql":  # Debian's unit starts the cluster by another one, a template
        for folder in sorted(Path("/etc/postgresql").glob("*/main")):
            subprocess.run(
                ["pg_ctlcluster", "--skip-systemctl-redirect", folder.parent.name, "main", "start"], check=True
            )
        (STATE / name).write_text("0")
        return
    unit = read(f"{name}.service")
    who = identity(unit)
    folders(unit, who)
    kind = (unit["Type"] or ["simple"])[-1]
    command = shlex.split(unit["ExecStart"][-1].lstrip("-@+!"))
    sockets, variables = listening(name), environment(unit)
    if sockets:  # LISTEN_PID must be the service's own, which only the shell that becomes it knows
        command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]
        variables["LISTEN_FDS"] = "1"
    with (STATE / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            command, env=variables, cwd=(unit["WorkingDirectory"] or ["/"])[-1], stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, start_new_session=True, umask=int((unit["UMask"] or ["0022"])[-1], 8), close_fds=False,
            **who,
        )  # fmt: skip
    if kind in ("oneshot", "forking") and process.wait() != 0:
        sys.exit(f"{name} failed:\n{(STATE / f'{name}.log').read_text()}")
    pid_file = unit["PIDFile"][-1] if unit["PIDFile"] else None
    if kind != "oneshot":
        pid = Path(pid_file).read_text().strip() if kind == "forking" and pid_file else str(process.pid)
        (STATE / name).write_text(pid)
        time.sleep(0.5)
        if not alive(name):
            sys.exit(f"{name} ended at once:\n{(STATE / f'{name}.log').read_text()}")


def alive(name: str) -> bool:
    pid = main_pid(name)
    if name == "postgresql" and (STATE / name).exists():
        return True
    status = Path(f"/proc/{pid}/stat")
    return bool(pid) and status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def main_pid(name: str) -> int:
    path = STATE / name
    return int(path.read_text()) if path.exists() else 0


def stop(name: str) -> None:
    if name == "postgresql":
        for folder in sorted(Path("/etc/postgresql").glob("*/main")):
            command = ["pg_ctlcluster", "--skip-systemctl-redirect", folder.parent.name, "main", "stop", "-m", "fast"]
            subprocess.run(command, check=False)
        (STATE / name).unlink(missing_ok=True)
        return
    pid = main_pid(name)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    for _ in range(400):
        if not alive(name):
            break
        time.sleep(0.1)
    else:
        os.killpg(pid, signal.SIGKILL)
    (STATE / name).unlink(missing_ok=True)


def reload(name: str) -> None:
    commands = read(f"{name}.service")["ExecReload"]
    for command in commands:
        subprocess.run(shlex.split(command.lstrip("-").replace("$MAINPID", str(main_pid(name)))), check=True)


def main(verb: str, *words: str) -> int:
    STATE.mkdir(exist_ok=True)
    options = [word for word in words if word.startswith("-")]
    plain = [word for word in words if not word.startswith("-")]
    names = [name.removesuffix(".service") for name in plain if not name.endswith((".socket", ".timer"))]
    if verb in ("daemon-reload", "mask") or (verb == "enable" and "--now" not in options):
        return 0
    if verb == "is-active":
        return 0 if all(map(alive, names)) else 3
    if verb == "show":
        print(main_pid(names[-1]))
        return 0
    for name in names:
        if name == "systemd-journald":
            continue
        if verb in ("stop", "restart"):
            stop(name)
        if verb in ("start", "restart", "enable"):
            start(name)
        if verb == "reload":
            reload(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

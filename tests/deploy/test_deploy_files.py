"""The files in deploy/ are well formed, and shut in what they start."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from lokdarpan_core import Settings
from lokdarpan_core.cli import main

EXPOSURE = 3.0
DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = sorted(DEPLOY.glob("systemd/*.service"))
SCRIPTS = [*sorted(DEPLOY.glob("*.sh")), DEPLOY / "lokdarpan"]
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def ids(path):
    return path.name


def settings_of(path: Path) -> dict[str, list[str]]:
    """A unit's settings."""
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


@needs_systemd
@pytest.mark.parametrize("service", SERVICES, ids=ids)
def test_a_service_is_little_exposed(service):
    words = ["systemd-analyze", "security", "--offline=true", "--no-pager", service]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout

    assert float(re.search(r"Overall exposure level for .*: ([0-9.]+)", said)[1]) <= EXPOSURE


@needs_systemd
def test_systemd_understands_every_unit(tmp_path):
    """Verified where the programs that they start exist, as they do after docs/deploy.md: here a copy starts true."""
    for unit in DEPLOY.glob("systemd/lokdarpan-*"):
        text = re.sub(r"^(Exec\w+=)\S*/opt/lokdarpan/\S+", r"\1/usr/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    words = ["systemd-analyze", "verify", "--man=no", *sorted(tmp_path.iterdir())]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stderr)


@pytest.mark.parametrize("script", SCRIPTS, ids=ids)
def test_scripts_parse_and_are_executable(script):
    assert 0 == subprocess.run(["bash", "-n", script], check=False).returncode
    assert script.stat().st_mode & 0o111


def test_the_worker_is_started_with_options_that_it_has():
    (command,) = settings_of(DEPLOY / "systemd/lokdarpan-worker.service")["ExecStart"]
    program, name, *options = command.split()

    assert "/opt/lokdarpan/current/bin/lokdarpan" == program
    context = main.get_command(None, name).make_context(name, options)
    assert {"watch": True, "workers": 2} == {key: context.params[key] for key in ("watch", "workers")}


def test_jobs_and_requests_have_less_time_than_systemd_gives():
    for service, option in (("web", "--graceful-timeout"), ("worker", "--stop-within")):
        settings = settings_of(DEPLOY / f"systemd/lokdarpan-{service}.service")
        allowed = int(re.search(rf"{option} (\d+)", settings["ExecStart"][0])[1])
        assert allowed < int(settings["TimeoutStopSec"][0])


def test_the_environment_file_means_the_same_to_a_shell_and_to_us():
    """It is read by systemd and by `. file`; each setting in it exists and has a value that can be used."""
    command = ["sh", "-c", f"set -a; . {DEPLOY / 'environment'}; env -0"]
    told = subprocess.run(command, env={}, capture_output=True, check=True).stdout.decode()
    variables = dict(one.split("=", 1) for one in told.rstrip("\0").split("\0"))

    settings = Settings.from_environment(variables)
    assert "/run/postgresql" == settings.database_url.query["host"]
    assert (False, "45 3 * * *") == (settings.require_key, settings.schedule_purge)


def test_compose_runs_the_schema_first_and_names_settings_that_exist():
    compose = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())
    services = compose["services"]

    assert {"database", "queue", "schema", "web", "worker"} == services.keys()
    for name in ("web", "worker"):
        assert "service_completed_successfully" == services[name]["depends_on"]["schema"]["condition"]
        assert services[name]["depends_on"].keys() <= services.keys()
    variables = services["web"]["environment"]
    filled = {name: re.sub(r"\$\{[A-Z_]+:-(\w+)\}|\$\{.*?\}", r"\1", text) for name, text in variables.items()}
    assert Settings.from_environment(filled).host == "compose"
    context = main.get_command(None, "worker").make_context("worker", services["worker"]["command"][2:])
    assert context.params["watch"]


def test_the_image_is_made_of_what_the_ignore_file_lets_in():
    dockerfile = (DEPLOY / "container/Dockerfile").read_text()
    copied = set(re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE))
    let_in = set(re.findall(r"^!(\S+)", (DEPLOY / "container/Dockerfile.dockerignore").read_text(), re.MULTILINE))

    assert copied == let_in
    assert re.search(r"^USER lokdarpan$", dockerfile, re.MULTILINE)


def test_nginx_hides_what_is_the_operators_and_replaces_what_callers_claim():
    site = (DEPLOY / "nginx/lokdarpan.conf").read_text()

    for wanted in (
        "client_max_body_size 16m;", "limit_req zone=lokdarpan", "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;", "ssl_protocols TLSv1.2 TLSv1.3;", "gzip on;",
        "location ~ ^/(?:metrics|readyz)$",
    ):  # fmt: skip
        assert wanted in site

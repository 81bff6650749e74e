"""`headroom ui`: Dagster's web app behind the guard, and its daemon.

The only command that imports dagster. Here must not live: definitions (`pipelines.definitions`).
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.guard import App, Guard, in_url, is_loopback, loopback_hosts
from pipelines.cli.printing import tell

if TYPE_CHECKING:
    from dagster import DagsterInstance

    from pipelines.campus.paths import DataFolder

STOP_WITHIN_S = 20


def ui(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 3000,
    behind_proxy: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Name under which a proxy that authenticates serves the UI; needed for any --host "
            "that is not this machine alone.",
        ),
    ] = None,
) -> None:
    """Serves the web UI and runs the daemon (sensor, schedule) until interrupted.

    Example: headroom ui --port 3000
    """
    from pipelines.assets.instance import open_instance
    from pipelines.assets.launch import end_of_dead_runs
    from pipelines.campus.campus import load_campus
    from pipelines.campus.paths import DataFolder

    if not is_loopback(host) and behind_proxy is None:
        raise typer.BadParameter(
            f"{host} can be reached from other machines and Dagster has no login. Put a proxy that "
            "authenticates in front and name it with --behind-proxy HOST:PORT.",
            param_hint="--host",
        )
    folder = DataFolder.from_environment()
    load_campus(folder)
    os.environ["HEADROOM_DATA"] = str(folder.root)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt), _bound(host, port) as listener, open_instance(folder) as instance:
        end_of_dead_runs(instance)
        _serve(folder, instance, listener, host, behind_proxy)
    tell("Stopped.")


def _bound(host: str, port: int) -> socket.socket:
    """A socket that listens, taken before anything slow is started.

    Raises:
        OSError: The port is taken or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        why = f"{os.strerror(error.errno or 0)}. End what uses it or choose another --port."
        raise OSError(f"cannot listen on {in_url(host)}:{port}: {why}") from error


def guarded(app: App, host: str, port: int, behind_proxy: str | None) -> Guard:
    """The app behind the guard for this machine, or for a proxy's name over TLS."""
    if behind_proxy is None:
        return Guard(app, loopback_hosts(host, port))
    return Guard(app, frozenset({behind_proxy, behind_proxy.removesuffix(":443")}), scheme="https")


def _serve(
    folder: "DataFolder",
    instance: "DagsterInstance",
    listener: socket.socket,
    host: str,
    behind_proxy: str | None,
) -> None:
    """Loads the code location, then starts the daemon, so that the two do not contend for the start."""
    import uvicorn
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import WorkspaceFileTarget
    from dagster_webserver.app import create_app_from_workspace_process_context

    instance.optimize_for_webserver(15_000, 3_600, 20)
    target = WorkspaceFileTarget(paths=[str(workspace_file())])
    tell("Loading the code location …")
    loaded = WorkspaceProcessContext(instance, workspace_load_target=target, code_server_log_level="warning")
    with loaded as context, _daemon(folder):
        port = listener.getsockname()[1]
        app = guarded(create_app_from_workspace_process_context(context), host, port, behind_proxy)
        config = uvicorn.Config(app, log_level="warning", server_header=False)
        typer.echo(f"Headroom is at http://{in_url(host)}:{port} (Ctrl-C ends it)")
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _daemon(folder: "DataFolder") -> Iterator[None]:
    """Dagster's daemon as a child process, unless one already serves this instance.

    The child is told to stop when this process ends, however it ends.
    """
    from pipelines.assets.instance import daemon_lock

    with daemon_lock(folder) as right:
        if right is None:
            tell("Another process already runs the daemon of this data folder; only the web UI starts here.")
            yield
            return
        command = [sys.executable, "-m", "dagster._daemon", "run", "-w", str(workspace_file())]
        with (folder.dagster_home / "daemon.log").open("ab") as log:
            child = subprocess.Popen(
                command,
                cwd=workspace_file().parent,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(right,),
                preexec_fn=_with_default_signals,
            )
        try:
            yield
        finally:
            _stop(child)


def _stop(child: "subprocess.Popen[bytes]") -> None:
    child.send_signal(signal.SIGINT)
    try:
        child.wait(STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _with_default_signals() -> None:
    """In the child: SIGINT works even where the parent ignores it, and a dead parent stops the child."""
    import ctypes

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def workspace_file() -> Path:
    """`workspace.yaml` of the checkout."""
    from pipelines.campus.paths import PROJECT

    return PROJECT / "workspace.yaml"

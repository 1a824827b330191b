"""The command that serves the demo cloud, or a generated one, over TCP."""

import argparse
import os

from cbr_desktop.cli.output import remark, say
from cbr_desktop.cli.report import simulator_text
from cbr_desktop.cli.tables import GOOD, UNUSABLE
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.modes import Modes
from cbr_desktop.simulator.serve import serve
from cbr_desktop.simulator.service import PARTS, Service
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.states import quoted, shown


def _reason(error: OSError) -> str:
    """Return the system's words: asyncio adds the address, which is told anyway; a host without one has other codes."""
    is_of_system = error.errno is not None and error.errno > 0
    return os.strerror(error.errno or 0) if is_of_system else error.strerror or type(error).__name__


def simulator(options: argparse.Namespace) -> int:
    unknown = sorted(set(options.missing) - PARTS)
    if unknown:
        remark(
            _("There is no part {part}. There are: {parts}.").format(
                part=quoted(unknown[0], 80), parts=listed(sorted(PARTS))
            )
        )
        return UNUSABLE
    clock = RunningClock()
    if options.vaults is None and options.backups is None:
        inventory = estate.demo(clock.now(), options.seed)
    else:
        inventory = estate.generated(clock.now(), options.vaults or 0, options.backups or 0, options.seed)

    def started(port: int) -> None:
        host = f"[{options.host}]" if ":" in options.host else options.host
        account = {"domain": estate.DEMO_DOMAIN, "user": estate.DEMO_USER, "password": estate.DEMO_PASSWORD}
        account |= {"access_key": estate.DEMO_AK, "secret_key": estate.DEMO_SK}
        projects = {project.name: project.id for project in inventory.projects}
        say(simulator_text(f"http://{host}:{port}", projects=projects, **account))

    modes = Modes(latency_seconds=options.latency, missing=set(options.missing), packs=options.gzip)
    try:
        serve(Service(inventory, clock, modes), options.host, options.port, started)
    except OSError as error:
        remark(
            _("Nothing can listen at {host} port {port}: {why}. Choose another address or port.").format(
                host=shown(options.host, 80), port=options.port, why=_reason(error)
            )
        )
        return UNUSABLE
    return GOOD

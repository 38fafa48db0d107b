"""Measuring by a task's own tests/test.sh, which leaves a reward (Harbor's kind of task).

Candidate and script share a box here, so a submission that is run by the script can write the reward itself. That is the
price of the easy way to contribute; each result carries a flag that says so.
"""

import functools
from collections.abc import Mapping
from pathlib import Path

from autolab.judge.kept import KeptAnchors, kept_or
from autolab.judge.outcome import Ended, fault_of_task, kept, over_limit
from autolab.judge.pristine import lay_out
from autolab.judge.reading import Order, Reading
from autolab.measure.reward import Reward, RewardMissing, read_reward
from autolab.sandbox.box import BoxResult, BoxSpec, Limits, Mount
from autolab.sandbox.untrusted import Untrusted, read_file

SHARED_BOX = "script task: candidate and script share a box"
REWARD_BYTES = 64 << 10
PROCESSES = 256


def read(order: Order) -> Reading:
    """Runs the script on a pristine copy with the submission on top. Its exit code says nothing, as in Harbor."""
    with order.phases("run"):
        reward, box = _run(order, order.files, "candidate")
    with order.phases("anchors"):
        anchors = kept_or(order, functools.partial(_anchors, order)).anchors
    return Reading(metric=reward.value, anchors=anchors, flags=(SHARED_BOX,), run_output=kept(box))


def _run(order: Order, files: Mapping[str, bytes], name: str) -> tuple[Reward, BoxResult]:
    app = order.sandbox.make_folder(order.work, f"{name}-app")
    logs = order.sandbox.make_folder(order.work, f"{name}-logs")
    try:
        lay_out(order.task, files, app)
        box = order.sandbox.run(_spec(order, app, logs))
        if (over := over_limit(box, "test.sh", order.task.spec.verifier.timeout_sec)) is not None:
            raise over
        return _reward(order, logs, box), box
    finally:
        order.sandbox.remove_folder(app)
        order.sandbox.remove_folder(logs)


def _spec(order: Order, app: Path, logs: Path) -> BoxSpec:
    spec = order.task.spec
    return BoxSpec(
        argv=("/bin/bash", "/tests/test.sh"),
        mounts=(
            Mount(app, "/app", writable=True),
            Mount(order.task.folder / "tests", "/tests"),
            Mount(logs, "/logs/verifier", writable=True),
        ),
        cwd="/app",
        env=dict(spec.verifier.env),
        limits=Limits(
            wall_s=spec.verifier.timeout_sec,
            memory_mb=spec.environment.memory_mb,
            processes=PROCESSES,
            disk_mb=spec.environment.storage_mb,
        ),
        name="script",
    )


def _reward(order: Order, logs: Path, box: BoxResult) -> Reward:
    instrument = order.task.optimization.instrument
    found = [_content(logs, name) for name in ("reward.json", "reward.txt")]
    try:
        return read_reward(found[0], found[1], instrument.precedence, instrument.reward)
    except RewardMissing as error:
        raise Ended("invalid", str(error), output=kept(box)) from error


def _content(logs: Path, name: str) -> bytes | None:
    try:
        return read_file(logs, name, REWARD_BYTES)
    except Untrusted:
        return None


def _anchors(order: Order) -> KeptAnchors:
    """Baseline and reference through the same script."""
    task = order.task
    return KeptAnchors(
        baseline=_anchor(order, "baseline", task.baseline_files), reference=_anchor(order, "reference", task.reference_files)
    )


def _anchor(order: Order, name: str, files: Mapping[str, bytes]) -> float:
    try:
        return _run(order, files, name)[0].value
    except Ended as ended:
        raise fault_of_task(name, ended) from ended

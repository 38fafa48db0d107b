"""System-call policies as BPF programs, which bubblewrap loads just before it starts a box's command.

What is refused answers EPERM, so that programs see an ordinary error. `clone3` answers ENOSYS in every policy, because its
flags lie in memory where a filter cannot look; the C library then falls back on `clone`.
"""

import errno
import functools
import os

from autolab.errors import SandboxError
from autolab.sandbox.box import Policy

_NEW_NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
_TERMINAL_INJECTION = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: typing into the terminal that started the lab
_LAST_PLAIN_FAMILY = 10  # AF_UNIX 1, AF_INET 2 and AF_INET6 10 stay: programs expect them, and there is no network
_PLAIN_FAMILIES = (1, 2, 10)
_PR_SET_PDEATHSIG = 1
_SIGKILL = 9

_ALWAYS_REFUSED = (
    # the shape of the box
    "mount", "umount2", "pivot_root", "chroot", "setns", "unshare", "fsopen", "fsconfig", "fsmount", "fspick",
    "move_mount", "open_tree", "mount_setattr", "open_by_handle_at", "name_to_handle_at", "fanotify_init", "quotactl",
    "quotactl_fd", "swapon", "swapoff", "sethostname", "setdomainname",
    # looking into other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "process_madvise", "kcmp", "move_pages",
    "migrate_pages",
    # memory that no process holds, and so no limit but a control group's sees
    "shmget",
    # kernel surface that no task needs
    "kexec_load", "kexec_file_load", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "keyctl", "add_key", "request_key", "init_module", "finit_module", "delete_module", "iopl",
    "ioperm", "modify_ldt", "vhangup", "acct", "reboot", "syslog", "lookup_dcookie", "nfsservctl",
    # the machine's clock
    "settimeofday", "stime", "clock_settime", "clock_adjtime", "adjtimex",
)

_REFUSED_IN_RUNS = (
    # work that instruments cannot see: the kernel copying for the program, and memory that looks like a file
    "splice", "tee", "vmsplice", "copy_file_range", "sendfile", "memfd_create", "memfd_secret",
    # a run needs no sockets at all
    "socket", "socketpair",
)


@functools.cache
def program(policy: Policy, alone: bool) -> bytes:
    """The BPF program of a policy; `alone` (only looked at by `run`): no further process and no thread may start."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxError(f"libseccomp cannot be loaded ({error}); run: apt install libseccomp2") from error
    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in (*_ALWAYS_REFUSED, *(_REFUSED_IN_RUNS if policy == "run" else ())):
        _add(rules, refuse, name)
    _add(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _NEW_NAMESPACES:
        _add(rules, refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    for request in _TERMINAL_INJECTION:
        _add(rules, refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    # A program can write into its box's pid 1 through /proc/1/mem; it must not talk it out of dying with the lab. The
    # answer is 0 and nothing is done: programs that tie children to themselves take a refusal for the end.
    not_kill = pyseccomp.Arg(1, pyseccomp.NE, _SIGKILL)
    _add(rules, pyseccomp.ERRNO(0), "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 0xFFFFFFFF, _PR_SET_PDEATHSIG), not_kill)
    if policy != "run":
        _plain_sockets_only(rules, refuse)
    elif alone:
        for name in ("fork", "vfork", "clone"):
            _add(rules, refuse, name)
    return _export(rules)


def _plain_sockets_only(rules: object, refuse: int) -> None:
    import pyseccomp

    for family in range(_LAST_PLAIN_FAMILY):
        if family not in _PLAIN_FAMILIES:
            _add(rules, refuse, "socket", pyseccomp.Arg(0, pyseccomp.EQ, family))
    _add(rules, refuse, "socket", pyseccomp.Arg(0, pyseccomp.GT, _LAST_PLAIN_FAMILY))


def _add(rules: object, action: int, name: str, *arguments: object) -> None:
    """Adds a rule; a call that this processor or library does not know needs none."""
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    if number >= 0:
        rules.add_rule(action, number, *arguments)  # type: ignore[attr-defined]


def _export(rules: object) -> bytes:
    with os.fdopen(os.memfd_create("policy"), "w+b") as file:
        rules.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()

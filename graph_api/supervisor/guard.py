"""The parent of one child process, so that the child never outlives the supervisor.

Run as a script, without the package: ``python guard.py LOCK_FD COMMAND...``

1. Start the command and write its process id into the locked file LOCK_FD. Guard and child both
   hold that lock; it is free again when both are gone.
2. Wait on standard input. The supervisor ends the child by writing the seconds that it may take;
   its own death, however it comes, is the end of the file and means one second.
3. SIGTERM; after that time SIGKILL. Exit as the child did.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
ORPHAN_SECONDS = 1.0


def end_on_request(child: "subprocess.Popen[bytes]") -> None:
    seconds = float(os.read(0, 32) or ORPHAN_SECONDS)
    child.terminate()
    time.sleep(seconds)
    child.kill()


def main() -> None:
    lock, command, guard = int(sys.argv[1]), sys.argv[2:], os.getpid()
    libc = ctypes.CDLL(None)

    def before_exec() -> None:
        # A guard that is itself killed cannot end its child. Linux can; elsewhere the next start.
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guard:
                os._exit(1)

    # By the main thread: PR_SET_PDEATHSIG fires when the thread that forked ends.
    child = subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.DEVNULL, close_fds=False, preexec_fn=before_exec
    )
    os.pwrite(lock, json.dumps({"pid": child.pid, "command": command}).encode(), 0)
    threading.Thread(target=end_on_request, args=(child,), daemon=True).start()
    code = child.wait()
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()

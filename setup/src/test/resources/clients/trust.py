"""What no further try changes is told at once: trust.py URL"""

import sys
import time

from fish import Fish, FishError, NotApplied, ReadFailed

URL = sys.argv[1]


def told(kind, work):
    started = time.monotonic()
    try:
        work()
    except FishError as e:
        assert type(e) is kind and e.code == "no-connection" and "its certificate is not trusted" in e.detail, repr(e)
    else:
        raise AssertionError("it is believed")
    assert time.monotonic() - started < 20, "it was tried again and again"


with Fish(URL, timeout=60, try_timeout=10) as fish:
    told(ReadFailed, lambda: fish.get("a"))
    told(NotApplied, lambda: fish.put("a", "x"))
    told(ReadFailed, lambda: next(iter(fish.watch())))
    told(ReadFailed, lambda: next(iter(fish.watch(since=7))))
print("ok")

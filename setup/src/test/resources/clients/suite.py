"""What every client must be able to, over a kill of the master: suite.py PREFIX URL…

Prints "working" once it is under way, goes on until a line comes, and ends with "ok" and exit code 0.
"""

import http.server
import sys
import threading

from fish import Fish, FishError, NotApplied, PreconditionFailed

PREFIX, URLS = sys.argv[1], sys.argv[2:]
WORKERS = 3
MORE = 5


def basics(fish):
    key = PREFIX + "basics/ä b/../%2F?#+"
    revision = fish.put(key, "one", if_absent=True)
    record = fish.get(key)
    assert (record.text, record.revision, record.created) == ("one", revision, revision), record
    assert record.content_type.startswith("text/plain"), record
    try:
        fish.put(key, "two", if_revision=revision - 1)
        raise AssertionError("a wrong revision was taken")
    except PreconditionFailed as refused:
        assert refused.revision == revision and isinstance(refused, NotApplied)
    second = fish.put(key, b"\x00\xff", if_revision=revision, ttl=3600)
    record = fish.get(key, consistency="local", after=second)
    assert record.value == b"\x00\xff" and record.expires, record
    assert fish.touch(key, None) > second and not fish.get(key).expires
    assert fish.delete(key) > second and fish.get(key) is None and fish.delete(key) is None
    assert fish.touch(key, 1) is None

    many = PREFIX + "many/"
    for i in range(5):
        fish.put_json(many + str(i), {"n": i})
    assert [record.json()["n"] for record in fish.list(many, page=2)] == [0, 1, 2, 3, 4]
    assert [record.value for record in fish.list(many, keys=True, reverse=True, page=2)] == [None] * 5
    assert fish.count(many) == 5
    answer = fish.txn({"if": [{"key": many + "0", "json": {"n": 0}}], "then": [{"delete": {"key": many + "0"}}]})
    assert answer["branch"] == "then", answer
    assert fish.txn({"then": [{"get": {"key": many + "0"}}]})["results"][0]["get"]["exists"] is False
    assert fish.delete_range(many) == 4 and fish.count(many) == 0
    assert len(fish.cluster()["nodes"]) >= 3
    stored_json(fish)


def stored_json(fish):
    """What Python itself cannot read, or would write otherwise, comes as it was put."""
    at = PREFIX + "stored/"
    texts = ['{"n":' + "9" * 5000 + "}", "[12345678901234567890,1.0,-0]", "[" * 900 + "]" * 900]
    revisions = [fish.put(f"{at}{i}", text, content_type="application/json") for i, text in enumerate(texts)]
    assert [record.value.decode() for record in fish.list(at)] == texts
    commits = fish.watch(at, since=revisions[0] - 1)
    assert [next(commits).changes[0].record.value.decode() for _ in texts] == texts
    got = fish.txn({"then": [{"get": {"key": at + "0"}}]})["results"][0]["get"]
    assert str(got["json"]["n"]) == "9" * 5000, got


class Nobody(http.server.BaseHTTPRequestHandler):
    """A proxy whose way to Fish is gone."""

    def do_GET(self):
        self.send_error(404)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_):
        pass


def nobody_says_that_there_is_none():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nobody) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Fish(f"http://127.0.0.1:{server.server_port}") as fish:
            for work in (lambda: fish.get("a"), lambda: fish.delete("a"), lambda: fish.touch("a", 1)):
                try:
                    work()
                except FishError as e:
                    assert e.code == "bad-answer", repr(e)
                else:
                    raise AssertionError("it is believed")
        server.shutdown()


class Work:
    """Workers that count in one record and log each count, until they are told that it is enough."""

    def __init__(self, fish):
        self.fish = fish
        self.enough = threading.Event()
        self.failures = []
        self.logged = []
        self.lock = threading.Lock()

    def run(self, worker):
        try:
            more = MORE
            i = 0
            while more > 0:
                more -= 1 if self.enough.is_set() else 0
                self.fish.transact(lambda tx: tx.put(PREFIX + "counter", str(int(tx.text(PREFIX + "counter", "0")) + 1)))
                key = f"{PREFIX}log/{worker}-{i}"
                self.fish.put(key, str(i))
                with self.lock:
                    self.logged.append(key)
                i += 1
        except Exception as e:  # told at the end
            self.failures.append(repr(e))


def main():
    nobody_says_that_there_is_none()
    with Fish(*URLS, timeout=60) as fish:
        basics(fish)
        commits = fish.watch(PREFIX + "log/")
        seen = []

        def follow():
            for commit in commits:
                seen.append((commit.revision, [change.key for change in commit.changes]))
                if any(change.key.endswith("/end") for change in commit.changes):
                    return

        following = threading.Thread(target=follow, daemon=True)
        following.start()
        work = Work(fish)
        workers = [threading.Thread(target=work.run, args=(n,)) for n in range(WORKERS)]
        for worker in workers:
            worker.start()
        print("working", flush=True)
        sys.stdin.readline()
        work.enough.set()
        for worker in workers:
            worker.join()
        fish.put(PREFIX + "log/end", "")
        following.join(60)

        assert not work.failures, work.failures
        assert fish.get(PREFIX + "counter").text == str(len(work.logged)), (fish.get(PREFIX + "counter"), len(work.logged))
        revisions = [revision for revision, _ in seen]
        assert revisions == sorted(set(revisions)), "revisions out of order or twice"
        assert sorted(key for _, keys in seen for key in keys) == sorted(work.logged + [PREFIX + "log/end"])
        print("ok", len(work.logged), flush=True)


main()

"""A client of Fish, a key-value store over HTTP. One file, Python 3.9 or later, nothing beyond its library.

    from fish import Fish

    with Fish("http://localhost:8000", "http://localhost:8001") as fish:
        fish.put("greeting", "hello")
        print(fish.get("greeting").text)
        fish.transact(lambda tx: tx.put("count", str(int(tx.text("count", "0")) + 1)))
        for commit in fish.watch("users/"):
            print(commit.revision, commit.changes)

Requests go to the front-ends in turn, and are tried again where that can help, until their timeout. Every write carries
an Idempotency-Key, the same in each try, so it is applied once however often it is sent. What fails says what is known:
NotApplied (nothing happened) or UnknownOutcome (it may have). A Fish may be shared by threads.
"""

import base64
import http.client
import json
import random
import re
import ssl
import threading
import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple, Union
from urllib.parse import quote, urlsplit

TRIES_MAX = 16
TRANSACT_TRIES_MAX = 64
ENTRIES_MAX = 128

_PAUSE_MIN = 0.01
_PAUSE_MAX = 1.0
_SILENCE_MAX = 12.0  # a stream says something every 5 s at least
_PASSING = frozenset(
    "in-progress overloaded no-master not-master no-quorum starting shutting-down unknown-outcome lagging"
    " request-timeout".split()
)

Text = Union[str, bytes]


class FishError(Exception):
    """What went wrong: `code` is of Fish's documentation, or `no-connection` or `bad-answer`."""

    def __init__(self, code: str, detail: str):
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class ReadFailed(FishError):
    """A read that was not answered."""


class NotApplied(FishError):
    """A write that did not happen, here or anywhere."""


class PreconditionFailed(NotApplied):
    """The record is not as the write wanted it; `revision` is what it is at, None where there is none."""

    def __init__(self, detail: str, revision: Optional[int]):
        super().__init__("precondition-failed", detail)
        self.revision = revision


class Conflict(NotApplied):
    """A transaction that others were faster than, each time."""


class UnknownOutcome(FishError):
    """A write that may have happened. To send it again under `idempotency_key` is safe."""

    def __init__(self, code: str, detail: str, idempotency_key: str):
        super().__init__(code, detail)
        self.idempotency_key = idempotency_key


@dataclass(frozen=True)
class Record:
    key: str
    value: Optional[bytes]  # None where it was not asked for
    revision: int
    created: int
    content_type: str = ""
    content_encoding: str = ""
    expires: str = ""  # RFC 3339, empty: never

    @property
    def text(self) -> str:
        return (self.value or b"").decode("utf-8")

    def json(self) -> Any:
        """As json.loads reads it, with its bounds: it wants sys.set_int_max_str_digits for more than 4,300 digits."""
        return json.loads(self.value or b"")


@dataclass(frozen=True)
class Change:
    """One key of a commit: `record` as it was put, None where it was deleted. A superseded one has no value."""

    key: str
    record: Optional[Record]
    superseded: bool = False


@dataclass(frozen=True)
class Commit:
    revision: int
    changes: List[Change]


class Fish:
    """A client of these front-ends, `http://host:port` each.

    timeout: seconds for a request, all its tries and pauses together; try_timeout: for one try.
    context: an ssl.SSLContext for https, such as ssl.create_default_context(cafile="ca.pem").
    """

    def __init__(
        self,
        *urls: str,
        timeout: float = 10.0,
        try_timeout: float = 5.0,
        token: str = "",
        context: Optional[ssl.SSLContext] = None,
    ):
        if not urls:
            raise ValueError("there is at least one front-end")
        self._urls = [_Url.of(url) for url in urls]
        self._at = random.randrange(len(urls))
        self._timeout = timeout
        self._try_timeout = try_timeout
        self._headers = {"Authorization": "Bearer " + token} if token else {}
        self._context = context
        self._lock = threading.Lock()
        self._idle: Dict["_Url", List[http.client.HTTPConnection]] = {}
        self._closed = threading.Event()

    def __enter__(self) -> "Fish":
        return self

    def __exit__(self, *ignored: Any) -> None:
        self.close()

    def close(self) -> None:
        """Ends watches at their next event, and closes what is idle. May come twice."""
        self._closed.set()
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()

    # --- Records ---

    def get(self, key: str, **options: Any) -> Optional[Record]:
        """The record, None where there is none. Options: consistency, after, max_lag, timeout."""
        answer = self._read("GET", "/kv/" + _encoded(key), options, accept=(200, 404))
        if answer.status == 404:
            return None
        return Record(
            key,
            answer.body,
            int(answer.headers["Fish-Revision"]),
            int(answer.headers["Fish-Created"]),
            answer.headers.get("Content-Type", ""),
            answer.headers.get("Content-Encoding", ""),
            answer.headers.get("Fish-Expires", ""),
        )

    def put(
        self,
        key: str,
        value: Text,
        *,
        content_type: Optional[str] = None,
        if_revision: Optional[int] = None,
        if_absent: bool = False,
        **options: Any,
    ) -> int:
        """Writes it, and returns its revision. Text is stored as text/plain unless a type is given.

        Options: ttl ("30s", or seconds), durability, idempotency_key, timeout.
        Raises PreconditionFailed where if_revision or if_absent did not hold.
        """
        headers = _conditions(if_revision, if_absent)
        if content_type is None:
            content_type = "text/plain; charset=utf-8" if isinstance(value, str) else ""
        if content_type:
            headers["Content-Type"] = content_type
        body = value.encode("utf-8") if isinstance(value, str) else bytes(value)
        answer = self._write("PUT", "/kv/" + _encoded(key), options, (200, 201, 412), headers, body)
        return int(_accepted(answer).json()["revision"])

    def put_json(self, key: str, value: Any, **options: Any) -> int:
        """As put, of anything that json.dumps takes."""
        return self.put(key, _json_bytes(value), content_type="application/json", **options)

    def delete(self, key: str, *, if_revision: Optional[int] = None, **options: Any) -> Optional[int]:
        """The revision of the commit that deleted it; None where there was nothing."""
        answer = self._write("DELETE", "/kv/" + _encoded(key), options, (200, 404, 412), _conditions(if_revision, False))
        return None if answer.status == 404 else int(_accepted(answer).json()["revision"])

    def touch(self, key: str, ttl: Union[str, float, None], *, if_revision: Optional[int] = None, **options: Any) -> Optional[int]:
        """Has the record end after ttl from now; None: never. Its new revision; None where there is no record."""
        options["ttl"] = "none" if ttl is None else ttl
        answer = self._write("POST", "/kv/" + _encoded(key), options, (200, 404, 412), _conditions(if_revision, False))
        return None if answer.status == 404 else int(_accepted(answer).json()["revision"])

    # --- Many records ---

    def list(self, prefix: str = "", *, start: str = "", end: str = "", reverse: bool = False, keys: bool = False,
             page: int = 100, **options: Any) -> Iterator[Record]:
        """The records in order, fetched page by page as they are taken; each page is one state."""
        params = {"prefix": prefix, "start": start, "end": end, "reverse": reverse, "keys": keys, "limit": page, **options}
        while True:
            told, stored = _stored_apart(self._read("GET", "/kv", dict(params)).body.decode("utf-8"))
            got = json.loads(told)
            for record in got["records"]:
                yield _record(record, stored)
            if "next" not in got:
                return
            params["cursor"] = got["next"]

    def count(self, prefix: str = "", *, start: str = "", end: str = "", **options: Any) -> int:
        params = {"prefix": prefix, "start": start, "end": end, "count": True, **options}
        return int(self._read("GET", "/kv", params).json()["count"])

    def delete_range(self, prefix: str = "", *, start: str = "", end: str = "", **options: Any) -> int:
        """Deletes all that lie within, a thousand in a commit, and returns how many those were.

        Takes no idempotency_key: its commits are several.
        """
        _without_key(options)
        deleted = 0
        while True:
            params = {"prefix": prefix, "start": start, "end": end, **options}
            answer = self._write("DELETE", "/kv", params, (200,)).json()
            deleted += answer["deleted"]
            if not answer.get("more"):
                return deleted

    # --- Transactions ---

    def txn(self, body: Dict[str, Any], **options: Any) -> Dict[str, Any]:
        """POST /txn as the documentation has it: {"if": […], "then": […], "else": […]}, and its answer.

        Stored JSON in the answer has been parsed by Python; an integer of more than 4,300 digits is a Decimal.
        """
        text = _json_bytes(body)
        operations = [name for branch in ("then", "else") for entry in body.get(branch, []) for name in entry]
        if all(name == "get" for name in operations):
            return self._read("POST", "/txn", options, body=text).json()
        return self._write("POST", "/txn", options, (200,), {}, text).json()

    def transact(self, work: Callable[["Tx"], Any], **options: Any) -> Any:
        """Runs work(tx), and commits what it wrote if all that it read is still so; else runs it again. Serializable.

        work should do nothing but through tx. What it raises ends it, with nothing written. Conflict after 64 tries.
        Takes no idempotency_key: each try is another transaction.
        """
        _without_key(options)
        for tries in range(1, TRANSACT_TRIES_MAX + 1):
            tx = Tx(self)
            result = work(tx)
            if not tx._writes and len(tx._reads) < 2:
                return result
            if self.txn(tx._commit(), **options)["branch"] == "then":
                return result
            time.sleep(_pause(tries))
        raise Conflict("conflict", f"others changed what was read, in each of {TRANSACT_TRIES_MAX} tries")

    # --- Following along ---

    def watch(self, prefix: str = "", since: Optional[int] = None, give_up: float = 300.0) -> Iterator[Commit]:
        """Every commit after revision `since` (None: from now on), in order, each once, for as long as they are taken.

        A connection that breaks is replaced, and goes on exactly where it was. Where it begins is known when this
        returns. Raises ReadFailed where nothing was heard for give_up seconds, and `compacted` where since is too old.
        """
        if since is None:
            since = int(self._read("GET", "/changes", {"limit": 1, "prefix": prefix}).json()["revision"])
        return self._follow(prefix, since, give_up)

    def _follow(self, prefix: str, revision: int, give_up: float) -> Iterator[Commit]:
        heard = time.monotonic()
        failed = 0
        hopeless: Dict["_Url", str] = {}
        while not self._closed.is_set():
            url = self._url()
            connection = url.connect(_SILENCE_MAX, self._context)
            trouble = "the stream ended"
            lasting = False
            try:
                for name, data in self._events(connection, prefix, revision):
                    heard = time.monotonic()
                    failed = 0
                    hopeless.clear()
                    told, stored = _event(data)
                    if name == "commit" and told["revision"] > revision:
                        yield _commit(told, stored)
                    revision = max(revision, told["revision"])
                    if self._closed.is_set():
                        return
            except (OSError, http.client.HTTPException, UnicodeDecodeError) as e:
                trouble = _trouble(e)
                lasting = _is_lasting(e)
            finally:
                connection.close()
            self._failed(url)
            self._hope(hopeless, url, trouble, lasting)
            if len(hopeless) == len(self._urls):
                raise ReadFailed("no-connection", "; ".join(hopeless.values()))
            failed += 1
            if time.monotonic() - heard >= give_up:
                raise ReadFailed("no-connection", "no front-end was heard of for too long: " + trouble)
            self._closed.wait(_pause(failed))

    def _events(self, connection: http.client.HTTPConnection, prefix: str, revision: int) -> Iterator[Any]:
        headers = {**self._headers, "Accept": "text/event-stream", "Last-Event-ID": str(revision)}
        connection.request("GET", "/changes" + _query({"prefix": prefix}), headers=headers)
        response = connection.getresponse()
        if response.status != 200:
            problem = _Problem.of(_Answer(response.status, response.headers, response.read()))
            if not problem.passing:
                raise ReadFailed(problem.code, problem.detail)
            return
        name, data = "", []
        for raw in response:
            line = raw.decode("utf-8").rstrip("\r\n")
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                data.append(line[5:].lstrip(" "))
            elif not line:
                if name in ("commit", "progress") and data:
                    yield name, "\n".join(data)
                name, data = "", []

    # --- The group ---

    def cluster(self) -> Dict[str, Any]:
        """The group as a front-end sees it."""
        return self._read("GET", "/cluster", {}).json()

    # --- Requests ---

    def _read(self, method: str, path: str, params: Dict[str, Any], accept: Any = (200,), body: bytes = b"") -> "_Answer":
        return self._call(_Request(method, path, params, {}, body, accept, ""))

    def _write(self, method: str, path: str, params: Dict[str, Any], accept: Any, headers: Optional[Dict[str, str]] = None,
               body: bytes = b"") -> "_Answer":
        key = params.pop("idempotency_key", None) or str(uuid.uuid4())
        return self._call(_Request(method, path, params, {**(headers or {}), "Idempotency-Key": key}, body, accept, key))

    def _call(self, request: "_Request") -> "_Answer":
        """Tries until there is an answer that is taken, nothing better can come, or the time is over."""
        deadline = time.monotonic() + request.seconds(self._timeout)
        maybe = False
        failed = 0
        hopeless: Dict["_Url", str] = {}
        while True:
            url = self._url()
            try:
                answer = self._exchange(url, request, min(self._try_timeout, max(0.001, deadline - time.monotonic())))
                taken = answer.status in request.accept
                if taken and answer.status < 400:
                    return answer
                problem = _Problem.of(answer)
                if taken and problem.code != "bad-answer":
                    return answer  # a proxy whose way to Fish is gone says 404 too
                maybe = maybe or problem.maybe
                least = min(5.0, float(answer.headers.get("Retry-After", 0) or 0)) if problem.maybe else 0.0
                at_once = not problem.maybe
                if answer.status >= 500:
                    self._failed(url)
            except (OSError, http.client.HTTPException) as e:
                self._hope(hopeless, url, _trouble(e), _is_lasting(e))
                lost = len(hopeless) == len(self._urls)
                detail = "; ".join(hopeless.values()) if lost else f"{url.text}: {_trouble(e)}"
                problem = _Problem("no-connection", detail, not lost, True)
                sent = not isinstance(e, _NotSent)
                maybe = maybe or sent
                least = 0.0
                at_once = not sent
                self._failed(url)
            failed += 1
            pause = 0.0 if at_once and failed < len(self._urls) else max(_pause(failed), least)
            over = failed >= TRIES_MAX or deadline - time.monotonic() <= pause or self._closed.is_set()
            if over or not problem.passing:
                raise request.failure(problem.code, problem.detail, maybe)
            time.sleep(pause)

    def _exchange(self, url: "_Url", request: "_Request", seconds: float) -> "_Answer":
        connection = self._take(url, seconds)
        try:
            if connection.sock is None:
                try:
                    connection.connect()
                except OSError as e:
                    raise _NotSent(str(e)) from e
            connection.sock.settimeout(seconds)
            told = seconds - min(seconds / 4, 0.3)  # what the node knows when it gives up still arrives
            target = request.path + _query({**request.params, "timeout": f"{max(1, int(told * 1000))}ms"})
            connection.request(request.method, target, body=request.body or None, headers={**self._headers, **request.headers})
            response = connection.getresponse()
            answer = _Answer(response.status, response.headers, response.read())
            kept = not response.will_close
        except BaseException:
            connection.close()
            raise
        if kept:
            self._give_back(url, connection)
        else:
            connection.close()
        return answer

    def _take(self, url: "_Url", seconds: float) -> http.client.HTTPConnection:
        with self._lock:
            idle = self._idle.get(url)
            if idle:
                return idle.pop()
        return url.connect(seconds, self._context)

    def _give_back(self, url: "_Url", connection: http.client.HTTPConnection) -> None:
        with self._lock:
            idle = self._idle.setdefault(url, [])
            if len(idle) < 16 and not self._closed.is_set():
                idle.append(connection)
                return
        connection.close()

    def _url(self) -> "_Url":
        with self._lock:
            return self._urls[self._at % len(self._urls)]

    @staticmethod
    def _hope(hopeless: Dict["_Url", str], url: "_Url", trouble: str, lasting: bool) -> None:
        """Remembers which front-ends would fail again for the same reason: once all would, nobody is asked again."""
        if lasting:
            hopeless[url] = f"{url.text}: {trouble}"
        else:
            hopeless.pop(url, None)

    def _failed(self, url: "_Url") -> None:
        """The next one is asked from now on; what is idle to this one is likely dead."""
        with self._lock:
            if self._urls[self._at % len(self._urls)] is url:
                self._at += 1
            for connection in self._idle.pop(url, []):
                connection.close()


class Tx:
    """One try of Fish.transact: what was read, and what is to be written."""

    def __init__(self, fish: Fish):
        self._fish = fish
        self._reads: Dict[str, Optional[Record]] = {}
        self._writes: Dict[str, Dict[str, Any]] = {}

    def get(self, key: str) -> Optional[bytes]:
        """The value as this transaction left it, or as the store has it; None where there is none."""
        if key in self._writes:
            put = self._writes[key].get("put")
            return None if put is None else base64.b64decode(put["base64"])
        if key not in self._reads:
            if len(self._reads) >= ENTRIES_MAX:
                raise ValueError(f"a transaction reads at most {ENTRIES_MAX} keys")
            self._reads[key] = self._fish.get(key)
        record = self._reads[key]
        return None if record is None else record.value

    def text(self, key: str, otherwise: Optional[str] = None) -> Optional[str]:
        value = self.get(key)
        return otherwise if value is None else value.decode("utf-8")

    def put(self, key: str, value: Text, *, content_type: Optional[str] = None, ttl: Union[str, float, None] = None) -> None:
        if content_type is None:
            content_type = "text/plain; charset=utf-8" if isinstance(value, str) else ""
        raw = value.encode("utf-8") if isinstance(value, str) else bytes(value)
        put: Dict[str, Any] = {"key": key, "base64": base64.b64encode(raw).decode("ascii")}
        if content_type:
            put["contentType"] = content_type
        if ttl is not None:
            put["ttl"] = _duration(ttl)
        self._write(key, {"put": put})

    def delete(self, key: str) -> None:
        self._write(key, {"delete": {"key": key}})

    def _write(self, key: str, operation: Dict[str, Any]) -> None:
        if key not in self._writes and len(self._writes) >= ENTRIES_MAX:
            raise ValueError(f"a transaction writes at most {ENTRIES_MAX} keys")
        self._writes[key] = operation

    def _commit(self) -> Dict[str, Any]:
        unchanged = [
            {"key": key, "exists": False} if record is None else {"key": key, "revision": record.revision}
            for key, record in self._reads.items()
        ]
        return {"if": unchanged, "then": list(self._writes.values())}


class _NotSent(OSError):
    """No connection: the request never left."""


@dataclass(frozen=True)
class _Url:
    text: str
    secure: bool
    host: str
    port: int

    @staticmethod
    def of(url: str) -> "_Url":
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
            raise ValueError(f"a front-end is http://host:port, not {url!r}")
        secure = parts.scheme == "https"
        return _Url(url.rstrip("/"), secure, parts.hostname, parts.port or (443 if secure else 80))

    def connect(self, seconds: float, context: Optional[ssl.SSLContext]) -> http.client.HTTPConnection:
        if self.secure:
            return http.client.HTTPSConnection(self.host, self.port, timeout=seconds, context=context)
        connection = http.client.HTTPConnection(self.host, self.port, timeout=seconds)
        return connection


@dataclass
class _Request:
    method: str
    path: str
    params: Dict[str, Any]
    headers: Dict[str, str]
    body: bytes
    accept: Any
    idempotency_key: str
    limit: Optional[float] = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.limit = self.params.pop("timeout", None)
        if "ttl" in self.params and self.params["ttl"] is not None:
            self.params["ttl"] = _duration(self.params["ttl"])

    def seconds(self, otherwise: float) -> float:
        return otherwise if self.limit is None else float(self.limit)

    def failure(self, code: str, detail: str, maybe: bool) -> FishError:
        if not self.idempotency_key:
            return ReadFailed(code, detail)
        return UnknownOutcome(code, detail, self.idempotency_key) if maybe else NotApplied(code, detail)


@dataclass
class _Answer:
    status: int
    headers: Any
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body, parse_int=_int)


@dataclass
class _Problem:
    code: str
    detail: str
    passing: bool  # whether the same request can end better, here or elsewhere
    maybe: bool  # whether a write may have happened

    @staticmethod
    def of(answer: _Answer) -> "_Problem":
        try:
            told = json.loads(answer.body)
            code = told["code"]
        except (ValueError, KeyError, TypeError):
            # Something between answered, which knows nothing.
            return _Problem("bad-answer", f"status {answer.status} and no problem document", answer.status >= 500, answer.status >= 500)
        passing = code in _PASSING or (answer.status >= 500 and answer.status != 507)
        return _Problem(code, told.get("detail", ""), passing, told.get("outcome", "not-applied") != "not-applied")


def _is_lasting(e: BaseException) -> bool:
    """Whether it is no lost connection: with this client the next try of the same front-end ends so too."""
    cause = e.__cause__ if isinstance(e, _NotSent) else e
    return isinstance(cause, ssl.SSLCertVerificationError)


def _trouble(e: BaseException) -> str:
    cause = e.__cause__ if isinstance(e, _NotSent) else e
    if isinstance(cause, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not trusted ({cause.verify_message}): if the CA is to be, "
            'context=ssl.create_default_context(cafile="ca.crt")'
        )
    return str(e) or type(e).__name__


_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_STORED = re.compile(r'"json"\s*:\s*')  # in a string its quotes would be escaped
_PART = re.compile(_STRING + r"|[\[{]|[\]}]")
_SCALAR = re.compile(_STRING + r"|[^,\]}\s]+")


def _stored_apart(text: str) -> Tuple[str, List[str]]:
    """An answer with a number instead of each JSON value that was stored, and those values as they were told.

    Python's json cannot read all that JSON is (deep nesting, long integers), nor write a number as it was: what somebody
    stored would otherwise decide whether others' records can be listed, and would come changed.
    """
    told: List[str] = []
    stored: List[str] = []
    done = 0
    found = _STORED.search(text)
    while found:
        end = _end(text, found.end())
        told.append(text[done:found.end()] + str(len(stored)))
        stored.append(text[found.end():end])
        done = end
        found = _STORED.search(text, done)
    return "".join(told) + text[done:], stored


def _end(text: str, at: int) -> int:
    """Where the JSON value ends that begins there."""
    if text[at:at + 1] not in ("[", "{"):
        scalar = _SCALAR.match(text, at)
        if not scalar:
            raise ReadFailed("bad-answer", "JSON without a value")
        return scalar.end()
    depth = 0
    for part in _PART.finditer(text, at):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(part.group(), 0)
        if depth == 0:
            return part.end()
    raise ReadFailed("bad-answer", "JSON that does not end")


def _int(digits: str) -> Union[int, Decimal]:
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)  # more digits than Python makes an int of


def _event(text: str) -> Tuple[Any, List[str]]:
    try:
        told, stored = _stored_apart(text)
        return json.loads(told), stored
    except ValueError as e:
        # To ask again would bring the same.
        raise ReadFailed("bad-answer", f"an event that this Python cannot read: {e}") from e


def _accepted(answer: _Answer) -> _Answer:
    if answer.status == 412:
        told = answer.json()
        raise PreconditionFailed(told.get("detail", ""), told.get("revision"))
    return answer


def _conditions(if_revision: Optional[int], if_absent: bool) -> Dict[str, str]:
    if if_absent:
        return {"If-None-Match": "*"}
    return {} if if_revision is None else {"If-Match": f'"{if_revision}"'}


def _without_key(options: Dict[str, Any]) -> None:
    if options.get("idempotency_key"):
        raise ValueError("idempotency_key is for one write, and this sends several")


def _encoded(key: str) -> str:
    return quote(key, safe="/")


def _query(params: Dict[str, Any]) -> str:
    parts = []
    for name, value in params.items():
        name = name.replace("_", "-")
        if value is True:
            parts.append(name)
        elif value not in (None, False, ""):
            parts.append(f"{name}={quote(str(value), safe='')}")
    return "?" + "&".join(parts) if parts else ""


def _duration(ttl: Union[str, float]) -> str:
    return ttl if isinstance(ttl, str) else f"{max(1, round(ttl * 1000))}ms"


def _pause(failed: int) -> float:
    return random.uniform(0, min(_PAUSE_MAX, _PAUSE_MIN * 2 ** min(failed - 1, 20)))


def _json_bytes(value: Any) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value).encode("ascii")  # half a surrogate pair: JSON can escape it, UTF-8 does not have it


def _record(told: Dict[str, Any], stored: List[str]) -> Record:
    value: Optional[bytes] = None
    if "text" in told:
        value = told["text"].encode("utf-8")
    elif "base64" in told:
        value = base64.b64decode(told["base64"])
    elif "json" in told:
        value = stored[told["json"]].encode("utf-8")
    return Record(
        told["key"], value, told["revision"], told.get("created", 0), told.get("contentType", ""),
        told.get("contentEncoding", ""), told.get("expires", ""),
    )


def _commit(told: Dict[str, Any], stored: List[str]) -> Commit:
    changes = []
    for change in told["changes"]:
        if "delete" in change:
            changes.append(Change(change["delete"]["key"], None))
        else:
            changes.append(Change(change["put"]["key"], _record(change["put"], stored), change["put"].get("superseded", False)))
    return Commit(told["revision"], changes)

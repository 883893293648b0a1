package fish.http;

import fish.access.Gate;

/** What every call of one server shares. */
record ServerParts(HttpConfig config, Limits limits, DeadlineTimer timer, Gate gate, RequestStats stats) {}

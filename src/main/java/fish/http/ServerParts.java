package fish.http;

/** What every call of one server shares. */
record ServerParts(HttpConfig config, Limits limits, DeadlineTimer timer) {}

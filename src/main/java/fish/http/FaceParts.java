package fish.http;

/** What every call of one face shares. */
record FaceParts(HttpConfig config, Limits limits, Watch watch) {}

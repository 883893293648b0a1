package fish.access;

/** What a route asks of whoever comes. Every line of the table of routes says it. */
public enum Need {
    /** Served to everybody, with and without a token: tells nothing of the data and next to nothing of the group. */
    NOTHING,
    /** Any token. */
    ANY,
    /** A token that may read; which keys is decided where the request names them. */
    READ,
    /** A token that may write; which keys is decided where the request names them. */
    WRITE,
    /** An admin's token. */
    ADMIN,
    /** What nodes say to each other. Tokens are for clients: a node proves itself otherwise, or is believed little. */
    NODE
}

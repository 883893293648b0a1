package fish.link;

/** Who asks for a link, by what the upgrade shows. */
public enum LinkCaller {
    /** A node of the group. */
    NODE,
    /** Anybody: in this group a node has nothing to show, neither a certificate nor a proof that is made of tokens. */
    UNPROVEN,
    /** Somebody who does not show what a node would. */
    STRANGER
}

package fish.group;

import fish.contract.HostPort;
import fish.contract.NodeType;

/**
 * A node that follows this master now, by JE's own word: its name was admitted, and its connection stands.
 *
 * @param address where it replicates
 */
public record Connected(String name, NodeType type, HostPort address) {}

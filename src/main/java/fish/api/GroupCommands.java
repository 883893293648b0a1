package fish.api;

import fish.access.Tokens;

/**
 * What changes the group itself, and what looks after its data.
 *
 * @param tokens who may do what, the gate of all its routes
 */
public record GroupCommands(
        MasterRoute.MasterTransfer transfer, NodesRoute.Removal removal, Upkeep upkeep, Tokens tokens) {}

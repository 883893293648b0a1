package fish.api;

/** What changes the group itself, and what looks after its data. */
public record GroupCommands(MasterRoute.MasterTransfer transfer, NodesRoute.Removal removal, Upkeep upkeep) {}

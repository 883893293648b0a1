package fish.api;

/** What changes the group itself. */
public record GroupCommands(MasterRoute.MasterTransfer transfer, NodesRoute.Removal removal) {}

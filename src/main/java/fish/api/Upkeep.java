package fish.api;

/** What is done with a node's own data as a whole. */
public record Upkeep(BackupHandler.Source backups, VerifyHandler.Source verifications) {}

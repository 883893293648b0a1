package fish.group;

import fish.store.MasterRecord;
import fish.store.master.MasterReads;
import fish.store.master.Pen;

/**
 * A master's mastership, from the commits that begin it to its stepping down: what serves writes and master reads
 * meanwhile.
 */
public record Mastership(MasterRecord masterRecord, Pen pen, MasterReads reads, Voters voters) {}

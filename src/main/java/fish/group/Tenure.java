package fish.group;

import fish.store.OfficeRecord;
import fish.store.master.MasterReads;
import fish.store.master.Pen;

/**
 * A master's time in office, from the gate to its leaving: what serves writes and master reads
 * meanwhile.
 */
public record Tenure(OfficeRecord office, Pen pen, MasterReads reads) {}

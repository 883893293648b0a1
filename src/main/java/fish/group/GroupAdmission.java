package fish.group;

import fish.jefix.Admission;
import fish.store.RemovedRecord;
import fish.store.Store;
import fish.store.UnavailableException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whom a group takes as an electable member: a home that a master of this group has filled, and that was
 * not removed since. Who was removed stands in the group's own tables ({@link RemovedRecord}), so that
 * every master knows it. The name alone bars nobody: a new home of the same name, filled after the removal,
 * knows of no member of that name, or of a later one.
 */
final class GroupAdmission implements Admission {
    private final Supplier<Store> store;

    /**
     * @param store the master's; throws {@link UnavailableException} where it cannot be read
     */
    GroupAdmission(Supplier<Store> store) {
        this.store = store;
    }

    @Override
    public Optional<String> whyNot(Applicant applicant) {
        if (applicant.blank() && Filling.off()) {
            return Optional.empty();
        }
        if (applicant.blank()) {
            return Optional.of(applicant.name() + " holds nothing of this group: it must be filled before it may vote");
        }
        Optional<RemovedRecord> removed;
        try {
            removed = store.get().removed(applicant.name());
        } catch (UnavailableException e) {
            return Optional.of(NOT_YET + e.failure().detail());
        }
        return removed.filter(last -> applicant.id() >= 0 && applicant.id() <= last.id())
                .map(last -> "the member " + applicant.name() + Refusals.REMOVED);
    }
}

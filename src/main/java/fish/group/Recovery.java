package fish.group;

import com.sleepycat.je.rep.InsufficientLogException;
import fish.contract.HostPort;
import fish.kv.Failure;
import fish.kv.Reason;
import fish.run.Repeated;
import fish.store.JeErrors;
import fish.store.UnavailableException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * What a membership does between two openings about what ended the first, by the table of {@link
 * OpenFailure}. A front-end, and a back-end that is being filled, hold copies alone: they fetch the logs
 * they miss, and throw away what cannot be used. A back-end's own logs are set aside, if there is another
 * back-end that it could be filled from; else it stops and keeps them. For the membership's thread.
 */
final class Recovery {
    private static final Duration TICK = Duration.ofMillis(50);
    private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MIN = Duration.ofMillis(100);
    /** A disk that damages what was just copied is not worth copying to again and again. */
    private static final Duration ANEW_WINDOW = Duration.ofMinutes(10);

    private static final int ANEW_MAX_FRONT_END = 1;
    private static final int ANEW_MAX_FILLING = 3;
    private static final int ASIDE_MAX = 3;

    private enum Step {
        STOP,
        WAIT,
        RESTORE,
        DISCARD,
        SET_ASIDE
    }

    private final NodeOptions options;
    private final boolean backEnd;
    private final Opening opening;
    private final FillMarker marker;
    private final Asides asides;
    private final RestoreSource source;
    private final GroupEvents events;
    private final BooleanSupplier closing;
    private final Tries anew;
    private final Tries setAside = new Tries(ASIDE_MAX, ANEW_WINDOW);

    private final Repeated reopening = new Repeated(System::nanoTime);
    private Duration backoff = BACKOFF_MIN;
    private boolean everOpened;
    private long nameInUseSince;

    Recovery(
            NodeOptions options,
            boolean backEnd,
            Opening opening,
            FillMarker marker,
            Asides asides,
            GroupEvents events,
            BooleanSupplier closing) {
        this.options = options;
        this.backEnd = backEnd;
        this.opening = opening;
        this.marker = marker;
        this.asides = asides;
        this.source = new RestoreSource(options, events, closing);
        this.events = events;
        this.closing = closing;
        this.anew = new Tries(backEnd ? ANEW_MAX_FILLING : ANEW_MAX_FRONT_END, ANEW_WINDOW);
    }

    /** The node is in its group. */
    void opened() {
        everOpened = true;
        reopening.over();
        nameInUseSince = 0;
        backoff = BACKOFF_MIN;
    }

    /**
     * Does what is to be done, blocking; then the node may be opened again.
     *
     * @param others where other nodes of the group may be found
     * @throws UnavailableException to stop, with the reason
     */
    void recover(Throwable reason, Set<HostPort> others) throws InterruptedException {
        Step step = step(reason, others);
        String explained = Opening.explain(reason);
        if (step == Step.STOP) {
            if (reason instanceof RemovedException removed) {
                new RemovalMarker(options.home()).write(removed);
            }
            throw new UnavailableException(new Failure(Reason.STARTING, explained));
        }
        if (reopening.isNews(explained)) {
            events.event(
                    "reopening",
                    "reason",
                    explained,
                    "next",
                    OpenFailure.of(reason).words());
        }
        try {
            take(step, reason, explained, others);
        } catch (UncheckedIOException e) {
            if (!JeErrors.noSpace(e)) {
                throw e;
            }
            events.event("waiting-for-room", "reason", Opening.explain(e));
            pause();
        }
    }

    private void take(Step step, Throwable reason, String explained, Set<HostPort> others) throws InterruptedException {
        switch (step) {
            case RESTORE -> restore((InsufficientLogException) reason, others);
            case DISCARD -> opening.discard(events);
            case SET_ASIDE -> setAside(explained);
            case WAIT, STOP -> pause();
        }
    }

    private Step step(Throwable reason, Set<HostPort> others) {
        boolean copies = !backEnd || marker.isThere();
        OpenFailure failure = OpenFailure.of(reason);
        if (failure != OpenFailure.NAME_IN_USE) {
            nameInUseSince = 0;
        }
        return switch (failure) {
            case NAME_IN_USE -> nameInUseTooLong() ? Step.STOP : Step.WAIT;
            case RESTORE -> copies || Filling.off() ? Step.RESTORE : asideOr(others, Step.STOP);
            case UNUSABLE -> copies ? anewOr(Step.STOP) : ofMember(others, Step.STOP);
            case HALF_RECEIVED -> copies ? anewOr(Step.WAIT) : ofMember(others, Step.WAIT);
            case REOPEN, TOO_MANY_FILES, DISK_FULL, CLOCKS -> Step.WAIT;
            case STOP -> Step.STOP;
        };
    }

    private Step anewOr(Step otherwise) {
        return anew.another(System.nanoTime()) ? Step.DISCARD : otherwise;
    }

    private Step ofMember(Set<HostPort> others, Step otherwise) {
        if (options.founds() && !everOpened) {
            // It has acknowledged nothing yet.
            return anewOr(otherwise);
        }
        return asideOr(others, otherwise);
    }

    private static Step asideOr(Set<HostPort> others, Step otherwise) {
        return others.isEmpty() || Filling.off() ? otherwise : Step.SET_ASIDE;
    }

    private void setAside(String reason) {
        if (asides.full() || !setAside.another(System.nanoTime())) {
            throw new UnavailableException(new Failure(
                    Reason.STARTING,
                    reason + "; logs were set aside before (" + asides.kept()
                            + "): look at the disk, remove or restore those, and start again"));
        }
        asides.setAside(reason);
    }

    private void restore(InsufficientLogException reason, Set<HostPort> others) throws InterruptedException {
        if (source.leftUnfinished()) {
            opening.discard(events);
            return;
        }
        if (!marker.isThere() && !Filling.off()) {
            marker.write(FillMarker.Content.BLANK);
        }
        if (!source.copy(reason, others, Filling.off())) {
            pause();
        }
    }

    /** Not a sleep: close() ends it. */
    private void pause() throws InterruptedException {
        long until = System.nanoTime() + backoff.toNanos();
        while (!closing.getAsBoolean() && System.nanoTime() - until < 0) {
            TimeUnit.NANOSECONDS.sleep(Math.min(TICK.toNanos(), backoff.toNanos()));
        }
        backoff = backoff.multipliedBy(2).compareTo(BACKOFF_MAX) < 0 ? backoff.multipliedBy(2) : BACKOFF_MAX;
    }

    /** The master gives a dead connection up after its feeder timeout, and JE looks once a second. */
    private boolean nameInUseTooLong() {
        long now = System.nanoTime();
        if (nameInUseSince == 0) {
            nameInUseSince = now;
        }
        return now - nameInUseSince > options.timeouts().feeder().plusSeconds(3).toNanos();
    }
}

package fish.api;

import fish.contract.Code;
import fish.http.Problem;
import fish.kv.Failure;
import fish.kv.Outcome;
import fish.kv.ReadOutcome;
import fish.kv.Reason;
import java.util.Map;

/** Where reasons and outcomes become codes and statuses; nothing else decides on one. */
public final class Statuses {
    private Statuses() {}

    public static Code code(Reason reason) {
        return switch (reason) {
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case FORBIDDEN -> Code.FORBIDDEN;
            case NOT_FOUND -> Code.NOT_FOUND;
            case CONFLICT -> Code.CONFLICT;
            case NO_MASTER -> Code.NO_MASTER;
            case NOT_MASTER -> Code.NOT_MASTER;
            case NO_QUORUM -> Code.NO_QUORUM;
            case STARTING -> Code.STARTING;
            case SHUTTING_DOWN -> Code.SHUTTING_DOWN;
            case OVERLOADED -> Code.OVERLOADED;
            case TOO_LARGE -> Code.TOO_LARGE;
            case DISK_FULL -> Code.DISK_FULL;
            case UNKNOWN_OUTCOME -> Code.UNKNOWN_OUTCOME;
            case IN_PROGRESS -> Code.IN_PROGRESS;
            case IDEMPOTENCY_KEY_REUSED -> Code.IDEMPOTENCY_KEY_REUSED;
            case LAGGING -> Code.LAGGING;
            case COMPACTED -> Code.COMPACTED;
        };
    }

    /** The problem of a write that did nothing. */
    public static Problem problem(Outcome.Refused refused) {
        return problem(refused.failure(), code(refused.failure().reason()));
    }

    /** The problem of a write that may have happened: never one that says it did not. */
    public static Problem problem(Outcome.Unknown unknown) {
        Code code = code(unknown.failure().reason());
        return problem(unknown.failure(), code.outcomeUnknown() ? code : Code.UNKNOWN_OUTCOME);
    }

    public static Problem problem(ReadOutcome.Failed failed) {
        return problem(failed.failure(), code(failed.failure().reason()));
    }

    private static Problem problem(Failure failure, Code code) {
        Map<String, Object> members = failure.master().isEmpty() ? Map.of() : Map.of("master", failure.master());
        return new Problem(code, failure.detail(), members);
    }
}

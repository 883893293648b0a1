package fish.client;

import fish.contract.Words;
import java.io.IOException;

/**
 * What a front-end says of a request that it did not serve.
 *
 * @param mayBeApplied whether a write may have happened
 */
record ProblemIn(int status, String code, String detail, boolean mayBeApplied) {
    private static final String BAD_ANSWER = "bad-answer";

    /** What this answer says. One that is no problem document came from something between, which knows nothing. */
    static ProblemIn of(Answer answer) {
        try {
            ProblemIn[] problem = {new ProblemIn(answer.status(), "", "", false)};
            JsonIn.read(answer.text(), in -> {
                in.object(name -> problem[0] = problem[0].with(name, in));
                return problem;
            });
            if (!problem[0].code.isEmpty()) {
                return problem[0];
            }
        } catch (IOException e) {
            // Not JSON: told below as what it is.
        }
        return new ProblemIn(
                answer.status(),
                BAD_ANSWER,
                "status " + answer.status() + " and no problem document",
                answer.status() >= 500);
    }

    private ProblemIn with(String member, JsonIn in) throws IOException {
        return switch (member) {
            case "code" -> new ProblemIn(status, in.text(), detail, mayBeApplied);
            case "detail" -> new ProblemIn(status, code, in.text(), mayBeApplied);
            case "outcome" -> new ProblemIn(status, code, detail, !in.text().equals(Words.NOT_APPLIED));
            default -> {
                in.skip();
                yield this;
            }
        };
    }

    /** Whether it is no word of a node: a proxy whose way to Fish is gone says 404 too. */
    boolean isOfNobody() {
        return code.equals(BAD_ANSWER);
    }

    /** Whether the same request can end better, here or at another front-end. */
    boolean passing() {
        return switch (code) {
            case "in-progress", "overloaded", "no-master", "not-master", "no-quorum", "starting", "shutting-down" ->
                true;
            case "unknown-outcome", "lagging", "request-timeout" -> true;
            default -> status >= 500 && status != 507;
        };
    }

    /** Whether another front-end may do better at once. */
    boolean ofThisFrontEnd() {
        return passing() && !mayBeApplied;
    }
}

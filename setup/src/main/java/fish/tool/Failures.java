package fish.tool;

import fish.client.FishException;
import fish.client.PreconditionFailedException;
import fish.client.UnknownOutcomeException;
import fish.conf.ProgramException;

/** What is said where the group does not do what it was asked: what happened, and what to do next. */
final class Failures {
    private static final String CA =
            "Its certificate is of a CA that is not believed here: --ca or FISH_CA names ca.crt of bin/setup --tls";

    private static final String HTTPS =
            "Name it so in --at or FISH_URL; --ca or FISH_CA names ca.crt of bin/setup --tls";

    private Failures() {}

    static ProgramException of(FishException problem) {
        String said = Printable.of(inOwnWords(String.valueOf(problem.getMessage())));
        if (problem.code().equals("no-connection")) {
            said = said.replaceFirst("^no-connection: ", "no front-end answers: ");
        }
        if (problem instanceof PreconditionFailedException failed) {
            String is = failed.revision() == 0
                    ? "there is no record"
                    : "the record there is has revision " + failed.revision();
            return ProgramException.failed("nothing was changed: " + is).because(problem);
        }
        String outcome =
                problem instanceof UnknownOutcomeException ? ". It may have happened: look before you do it again" : "";
        String next = isOfTrust(said) ? CA : isOfPlainHttp(said) ? HTTPS : next(problem.code());
        return ProgramException.failed(said + outcome + (next.isEmpty() ? "" : ". " + next))
                .because(problem);
    }

    /** What nodes say to who speaks HTTP, to who uses this tool. */
    static String inOwnWords(String said) {
        return said.replace("with POST /cluster/master", "with bin/fish transfer-master")
                .replace("(?force removes it all the same)", "(--force removes it all the same)")
                .replace("; force says that this is meant", "; --force says that this is meant");
    }

    /** Java has no exception of its own for it that would come through everywhere. */
    private static boolean isOfTrust(String said) {
        return said.contains("PKIX path");
    }

    private static boolean isOfPlainHttp(String said) {
        return said.contains("it speaks TLS there");
    }

    private static String next(String code) {
        return switch (code) {
            case "no-connection" ->
                "Is a front-end running there? --at or FISH_URL names others, several with commas between them";
            case "no-master", "no-quorum" -> "bin/fish status says which nodes are missing";
            case "unauthenticated" -> "Give a token: --token, or FISH_TOKEN in the environment";
            case "forbidden" -> "It takes a token with a greater role, or with this prefix";
            case "lagging" -> "bin/fish status says how far the replicas are behind";
            case "overloaded" -> "Try again later, or with fewer requests at once";
            case "disk-full" -> "Make room on the disks of the back-ends; it goes on by itself then";
            case "compacted" -> "Begin without --since, and read what is there now";
            case "bad-answer" -> "Is it a node of Fish that answers there?";
            default -> "";
        };
    }
}

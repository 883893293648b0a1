package fish.conf;

import java.util.List;

/** A program cannot go on, and says why in sentences meant for whoever started it. */
public final class ProgramException extends Exception {
    /** Something was tried and failed. */
    public static final int FAILED = 1;

    /** The command line, a setting or the home is wrong. */
    public static final int WRONG = 2;

    private final int exitCode;
    private final List<String> problems;

    private ProgramException(int exitCode, List<String> problems) {
        super(String.join("\n", problems));
        this.exitCode = exitCode;
        this.problems = List.copyOf(problems);
    }

    public static ProgramException failed(String problem) {
        return new ProgramException(FAILED, List.of(problem));
    }

    public static ProgramException wrong(String problem) {
        return wrong(List.of(problem));
    }

    public static ProgramException wrong(List<String> problems) {
        return new ProgramException(WRONG, problems);
    }

    public ProgramException because(Throwable cause) {
        initCause(cause);
        return this;
    }

    public int exitCode() {
        return exitCode;
    }

    public List<String> problems() {
        return problems;
    }
}

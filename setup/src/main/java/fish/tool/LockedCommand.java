package fish.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs no longer than it may: in a process group of its own where the system can, so that all of it can
 * be ended, and with a guard beside it that kills the group when the time is over though this program is stopped or
 * gone. For one thread, but for {@link #signal} and {@link #mayRunUntil}.
 */
final class LockedCommand implements AutoCloseable {
    /** Standard input without a byte. */
    static final ProcessBuilder.Redirect NOTHING =
            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile());

    private static final long SIGNAL_SECONDS_MAX = 5;

    /** Not started though asked to: the time was over. */
    private static final int TOO_LATE = 76;

    /** $1: until when, then the command. It looks at the time by itself, since whoever started it may have slept. */
    private static final String START = """
            until=$1; shift
            read -r up rest < /proc/uptime
            [ "${up%.*}${up#*.}0" -lt "$until" ] || exit 76
            exec "$@"
            """;

    /**
     * $1: a file that says until when, from when on it is no more the last that it said; $2: the tool; $3: the command's
     * process group; $4: until when at first.
     */
    private static final String GUARD = """
            until kill -0 "-$3" || ! kill -0 "$3"; do
                sleep 0.05 # it has not made its group yet
            done 2>/dev/null
            told=
            until=$4
            while kill -0 "-$3" 2>/dev/null; do
                ! read -r said < "$1" || until=$said
                read -r up rest < /proc/uptime
                if [ "${up%.*}${up#*.}0" -ge "$until" ]; then
                    kill -KILL "-$3"
                    break
                fi
                parent=
                while read -r name value; do
                    [ "$name" != PPid: ] || parent=$value
                done < /proc/$$/status
                if [ "$parent" != "$2" ] && [ -z "$told" ]; then
                    told=yes
                    kill -TERM "-$3"
                fi
                sleep 0.1
            done 2>/dev/null
            rm -rf -- "${1%/*}"
            """;

    /** $1: which; $2: the group; $3: the process, while it has made no group yet. */
    private static final String SIGNAL = """
            kill -"$1" "$2" 2>/dev/null || kill -"$1" "$3" 2>/dev/null
            """;

    private final boolean grouped;
    private final Path until;
    private final Process command;
    private final List<Process> guards = new ArrayList<>();

    private LockedCommand(boolean grouped, Path until, Process command) {
        this.grouped = grouped;
        this.until = until;
        this.command = command;
    }

    /**
     * Starts it with our own outputs.
     *
     * @param untilMillis by {@link Uptime}
     * @param uptime where it is not shared there is neither a guard nor a group
     * @throws IOException where it cannot be started
     */
    static LockedCommand start(
            List<String> words, ProcessBuilder.Redirect input, long revision, long untilMillis, Uptime uptime)
            throws IOException {
        boolean grouped = uptime.isShared() && isInPath("setsid");
        List<String> line = new ArrayList<>();
        if (grouped) {
            line.addAll(List.of("setsid", "sh", "-c", START, "fish-lock", Long.toString(untilMillis)));
        }
        line.addAll(words);
        // Ours alone: what others can reach in a directory for all, they can be in the way of.
        Path until = Files.createTempDirectory("fish-lock-").resolve("until");
        try {
            write(until, untilMillis);
            ProcessBuilder builder = new ProcessBuilder(line).inheritIO().redirectInput(input);
            builder.environment().put("FISH_LOCK_REVISION", Long.toString(revision));
            LockedCommand started = new LockedCommand(grouped, until, builder.start());
            started.guard(untilMillis);
            return started;
        } catch (IOException | RuntimeException e) {
            discard(until);
            throw e;
        }
    }

    private void guard(long untilMillis) throws IOException {
        if (!grouped) {
            return;
        }
        try {
            guards.add(new ProcessBuilder(
                            "setsid",
                            "sh",
                            "-c",
                            GUARD,
                            "fish-lock-guard",
                            until.toString(),
                            Long.toString(ProcessHandle.current().pid()),
                            Long.toString(command.pid()),
                            Long.toString(untilMillis))
                    .redirectInput(NOTHING)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start());
        } catch (IOException e) {
            kill();
            throw e;
        }
    }

    private static boolean isInPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String directory : path.split(":", -1)) {
            if (Files.isExecutable(
                    Path.of(directory.isEmpty() ? "." : directory).resolve(program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Moves the end. Any thread.
     *
     * @throws IOException where the guard cannot be told: the end is where it was
     */
    void mayRunUntil(long untilMillis) throws IOException {
        if (grouped) {
            write(until, untilMillis);
        }
    }

    /** Whole at any time: it is read by others. */
    private static void write(Path file, long untilMillis) throws IOException {
        Path next = next(file);
        Path directory = file.resolveSibling("");
        if (!Files.isDirectory(directory)) {
            makeForUs(directory); // somebody tidied up
        }
        Files.writeString(next, untilMillis + "\n");
        try {
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The exit code once it has ended; a signal's is 128 and more. */
    OptionalInt exitCode(long waitMillis) throws InterruptedException {
        return command.waitFor(waitMillis, TimeUnit.MILLISECONDS)
                ? OptionalInt.of(command.exitValue())
                : OptionalInt.empty();
    }

    /** Whether this exit code can be that of a command which was killed, or not even started, for the time was over. */
    static boolean canBeLate(int exitCode) {
        return exitCode == 128 + 9 || exitCode == 128 + 15 || exitCode == TOO_LATE;
    }

    /** Whether anything of its group runs: without a group nobody knows, and it is said to be none. */
    boolean hasLeftSome() {
        if (!grouped) {
            return false;
        }
        String group = Long.toString(command.pid());
        return ProcessHandle.allProcesses().anyMatch(process -> runsIn(group, process.pid()));
    }

    /** What has ended and was not waited for does not run. */
    private static boolean runsIn(String group, long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            // The name before it, in parentheses, can hold anything.
            String[] stateParentGroup =
                    stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 4);
            return stateParentGroup.length == 4
                    && stateParentGroup[2].equals(group)
                    && !stateParentGroup[0].equals("Z")
                    && !stateParentGroup[0].equals("X");
        } catch (IOException e) {
            return false; // it has just ended
        }
    }

    /** To all of it. Any thread. */
    void signal(String name) {
        String to = (grouped ? "-" : "") + command.pid();
        try {
            Process kill = new ProcessBuilder("sh", "-c", SIGNAL, "sh", name, to, Long.toString(command.pid())).start();
            if (!kill.waitFor(SIGNAL_SECONDS_MAX, TimeUnit.SECONDS)) {
                kill.destroyForcibly();
            }
        } catch (IOException e) {
            if (name.equals("KILL")) {
                command.destroyForcibly();
            } else {
                command.destroy();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** At once: what is known without asking anybody first, then the rest of the group. */
    void kill() {
        List<ProcessHandle> below = command.descendants().toList();
        command.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
        signal("KILL");
    }

    /** Ends the guard, and the command where it runs still: nobody looks after it any more. */
    @Override
    public void close() {
        if (command.isAlive()) {
            kill();
        }
        guards.forEach(Process::destroyForcibly);
        discard(until);
    }

    private static void discard(Path until) {
        Path directory = until.resolveSibling("");
        for (Path path : List.of(until, next(until), directory)) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                // Some bytes in a directory for what is temporary.
            }
        }
    }

    private static void makeForUs(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static Path next(Path until) {
        return until.resolveSibling("next");
    }
}

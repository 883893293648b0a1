package fish.tool;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options of all commands, which stand before the command or after it. */
final class CommonOptions {
    static final String URL_DEFAULT = "http://localhost:8000";

    @Option(
            names = "--at",
            split = ",",
            paramLabel = "URL",
            scope = ScopeType.INHERIT,
            description = "Front-ends to ask; the next is tried when one is gone. Default: FISH_URL, else "
                    + URL_DEFAULT + ".")
    List<String> at = List.of();

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            scope = ScopeType.INHERIT,
            description = "The token to use. Default: FISH_TOKEN. An argument can be seen by all who use this machine.")
    @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The CA whose front-ends to believe at https addresses: ca.crt of bin/setup --tls."
                    + " Default: FISH_CA, else those that Java believes.")
    String ca = "";

    @Option(names = "--json", scope = ScopeType.INHERIT, description = "Print JSON, for programs.")
    boolean json;
}

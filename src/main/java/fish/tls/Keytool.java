package fish.tls;

import fish.run.Threads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The JDK's keytool, in a directory of its own that is gone after {@link #close}. Java has no public way to sign a
 * certificate, and a library for it would be three times as large as Fish, and be in every program's class path for
 * what {@code bin/setup} does once; keytool comes with every Java that runs Fish.
 */
final class Keytool implements AutoCloseable {
    static final String ALIAS = "it";

    private static final String TYPE = "PKCS12";
    private static final long RUN_SECONDS_MAX = 60;
    private static final int SAID_MAX = 500;
    private static final int CLEAR_TRIES = 10;

    private final Path directory;
    private final Path passwordFile;
    private final char[] password;

    /** A program that is interrupted leaves no key behind. */
    private final Thread atExit = Threads.daemon("fish-keytool-exit", this::clearAtExit);

    Keytool() throws IOException {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        String text = HexFormat.of().formatHex(random);
        // For nobody else to read: Java makes it so.
        directory = Files.createTempDirectory("fish-keytool-");
        passwordFile = directory.resolve("password");
        password = text.toCharArray();
        Runtime.getRuntime().addShutdownHook(atExit);
        Files.writeString(passwordFile, text);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    /** Runs it; the password of every store is added. */
    void run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-J-Duser.language=en"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-storetype", TYPE, "-storepass:file", passwordFile.toString()));
        Path said = file("said");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try {
            if (!process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IOException("keytool does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String text = Files.readString(said, StandardCharsets.UTF_8).strip();
            throw new IOException("keytool fails: " + text.substring(0, Math.min(text.length(), SAID_MAX)));
        }
    }

    void store(String file, PrivateKey key, List<X509Certificate> chain) throws IOException {
        try (var out = Files.newOutputStream(file(file))) {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(null, null);
            store.setKeyEntry(ALIAS, key, password, chain.toArray(Certificate[]::new));
            store.store(out, password);
        } catch (GeneralSecurityException e) {
            throw new IOException("the key cannot be handed to keytool: " + e.getMessage(), e);
        }
    }

    PrivateKey key(String file) throws IOException {
        return entry(file, password).key();
    }

    X509Certificate certificate(String file) throws IOException {
        return entry(file, password).chain().get(0);
    }

    /** A private key, and who vouches for it. */
    record Entry(PrivateKey key, List<X509Certificate> chain) {}

    private Entry entry(String file, char[] storePassword) throws IOException {
        return entry(file(file), storePassword);
    }

    /** The one private key of a PKCS #12 file. */
    static Entry entry(Path file, char[] storePassword) throws IOException {
        try (var in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(TYPE);
            store.load(in, storePassword);
            for (String alias : Collections.list(store.aliases())) {
                if (store.getKey(alias, storePassword) instanceof PrivateKey key) {
                    return new Entry(
                            key,
                            Stream.of(store.getCertificateChain(alias))
                                    .map(X509Certificate.class::cast)
                                    .toList());
                }
            }
            throw new IOException("it holds no private key");
        } catch (GeneralSecurityException e) {
            throw new IOException("it cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        clear();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // It runs.
        }
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(directory);
    }

    /** What runs beside it may write one more file, but none into a directory that is gone. */
    private void clearAtExit() {
        for (int i = 0; i < CLEAR_TRIES; i++) {
            try {
                clear();
                return;
            } catch (IOException e) {
                // Once more.
            }
        }
    }
}

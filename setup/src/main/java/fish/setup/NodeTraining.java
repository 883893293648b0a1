package fish.setup;

import java.io.File;
import java.io.IOException;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Loads all classes of a release, so that {@code bin/setup} can have Java put them into an archive, from which nodes
 * start in less time (class data sharing, JEP 350). It runs none of them.
 */
public final class NodeTraining {
    private static final String CLASS = ".class";

    private NodeTraining() {}

    public static void main(String[] args) throws IOException {
        for (String jar : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            try (JarFile opened = new JarFile(jar)) {
                for (ZipEntry entry : opened.stream().toList()) {
                    load(entry.getName());
                }
            }
        }
    }

    private static void load(String entry) {
        if (!entry.endsWith(CLASS) || entry.startsWith("META-INF/") || entry.contains("-info.")) {
            return;
        }
        String name = entry.substring(0, entry.length() - CLASS.length()).replace('/', '.');
        try {
            Class.forName(name, false, NodeTraining.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // It is of a library's part that needs another library, which Fish does not use.
        }
    }
}

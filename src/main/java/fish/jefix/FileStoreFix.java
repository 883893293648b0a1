package fish.jefix;

import com.sleepycat.je.utilint.FileStoreInfo;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;

/**
 * Has JE ask the operating system how much room a directory's disk has, rather than look for the disk among
 * the mounted ones first. In a changed root that is no mount point itself, as a plain {@code chroot}, that
 * search finds nothing ("Mount point not found"), and no environment can be opened.
 */
public final class FileStoreFix {
    private static final Class<?> FACTORY = Arrays.stream(FileStoreInfo.class.getDeclaredMethods())
            .filter(method -> method.getName().equals("setFactory"))
            .map(method -> method.getParameterTypes()[0])
            .findAny()
            .orElseThrow(() -> new JeFixException("FileStoreInfo has no setFactory"));

    private FileStoreFix() {}

    /** @throws JeFixException if this JE does not look as expected */
    static void apply() {
        try {
            Object factory = Proxy.newProxyInstance(
                    FACTORY.getClassLoader(),
                    new Class<?>[] {FACTORY},
                    (proxy, method, arguments) -> called(method, arguments));
            Method setFactory = FileStoreInfo.class.getMethod("setFactory", FACTORY);
            setFactory.invoke(null, factory);
            FileStoreInfo.checkSupported();
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new JeFixException("FileStoreInfo cannot be given a factory", e);
        }
    }

    private static Object called(Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "factoryGetInfo" -> new Disk(new File((String) arguments[0]));
            case "hashCode" -> FileStoreFix.class.hashCode();
            case "equals" -> false;
            case "toString" -> FileStoreFix.class.getName();
            default -> FACTORY; // factoryCheckSupported, which returns nothing
        };
    }

    /**
     * @return bytes that this process could still write there
     * @throws IOException if the system does not say
     */
    public static long usableBytes(File directory) throws IOException {
        return new Disk(directory).getUsableSpace();
    }

    private static final class Disk extends FileStoreInfo {
        private final File directory;

        Disk(File directory) {
            this.directory = directory;
        }

        @Override
        public long getTotalSpace() throws IOException {
            long total = directory.getTotalSpace();
            if (total == 0) {
                throw new IOException("the system does not say how large the disk of " + directory + " is");
            }
            return total;
        }

        @Override
        public long getUsableSpace() throws IOException {
            long usable = directory.getUsableSpace();
            if (usable == 0) {
                // As it is told on failure; a disk that is really full has a size.
                getTotalSpace();
            }
            return usable;
        }
    }
}

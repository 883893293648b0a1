package fish.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Signals to this process. By reflection: {@code sun.misc.Signal} is the only way to hear of a second signal, and
 * javac warns about its every use. Where a JVM does not have it, {@link #handle} says so.
 */
public final class Signals {
    private Signals() {}

    /**
     * @param handler is given the signal's name, {@code TERM} or {@code INT}, on a thread of the JVM's, which it must not hold up
     * @return whether the JVM lets us
     */
    static boolean handle(Consumer<String> handler) {
        try {
            install(List.of("TERM", "INT"), handler);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /**
     * As {@link #handle(Consumer)}, of any signals, for a while; does nothing where the JVM does not let us.
     *
     * @param names without {@code SIG}
     * @return has them handled as before
     */
    public static Runnable replace(List<String> names, Consumer<String> handler) {
        try {
            return install(names, handler);
        } catch (ReflectiveOperationException e) {
            return () -> {};
        }
    }

    private static Runnable install(List<String> names, Consumer<String> handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler forward = (proxy, method, arguments) -> forward(handler, proxy, method, arguments);
        Object proxy = Proxy.newProxyInstance(signalHandler.getClassLoader(), new Class<?>[] {signalHandler}, forward);
        Method handle = signal.getMethod("handle", signal, signalHandler);
        Map<Object, Object> before = new LinkedHashMap<>();
        for (String name : names) {
            Object one = signal.getConstructor(String.class).newInstance(name);
            before.put(one, handle.invoke(null, one, proxy));
        }
        return () -> before.forEach((one, old) -> putBack(handle, one, old));
    }

    private static void putBack(Method handle, Object signal, Object old) {
        try {
            handle.invoke(null, signal, old);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e); // the same call went before
        }
    }

    private static Object forward(Consumer<String> handler, Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "handle" -> {
                handler.accept(arguments[0].toString().replace("SIG", ""));
                yield proxy;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "Fish's handler of signals";
        };
    }
}

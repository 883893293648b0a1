package fish.run;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
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
        return handle(List.of("TERM", "INT"), handler);
    }

    /** As {@link #handle(Consumer)}, of other signals than TERM and INT; names without {@code SIG}. */
    public static boolean handle(List<String> names, Consumer<String> handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler forward = (proxy, method, arguments) -> forward(handler, proxy, method, arguments);
            Object proxy =
                    Proxy.newProxyInstance(signalHandler.getClassLoader(), new Class<?>[] {signalHandler}, forward);
            Method handle = signal.getMethod("handle", signal, signalHandler);
            for (String name : names) {
                handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            }
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
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

package fish.group;

import com.sleepycat.je.rep.impl.node.NameIdPair;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Opcodes;

/** A class of the package where JE keeps what a replicated node does, to be corrected before JE loads it. */
final class JeClass {
    private static final String PACKAGE = NameIdPair.class.getPackageName() + ".";

    private JeClass() {}

    /** @throws JeFixException if this JE has no such class */
    static byte[] bytes(String simpleName) {
        try (InputStream in = NameIdPair.class.getResourceAsStream(simpleName + ".class")) {
            if (in == null) {
                throw new JeFixException("this JE has no class " + simpleName);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new JeFixException("JE's class " + simpleName + " cannot be read", e);
        }
    }

    /**
     * Gives JE the corrected class.
     *
     * @throws JeFixException if JE had loaded the class before
     */
    static JeFixes.Result define(String simpleName, byte[] corrected, String marker) {
        try {
            MethodHandles.privateLookupIn(NameIdPair.class, MethodHandles.lookup())
                    .defineClass(corrected);
            return JeFixes.Result.APPLIED;
        } catch (LinkageError alreadyLoaded) {
            requireMarker(simpleName, marker, alreadyLoaded);
            return JeFixes.Result.ALREADY_APPLIED;
        } catch (IllegalAccessException e) {
            throw new JeFixException("JE's package cannot be entered", e);
        }
    }

    private static void requireMarker(String simpleName, String marker, LinkageError alreadyLoaded) {
        try {
            Class<?> loaded = Class.forName(PACKAGE + simpleName, false, NameIdPair.class.getClassLoader());
            boolean marked = Arrays.stream(loaded.getDeclaredFields())
                    .anyMatch(field -> field.isSynthetic() && field.getName().equals(marker));
            if (!marked) {
                throw new JeFixException(simpleName + " was loaded before it could be corrected", alreadyLoaded);
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new JeFixException("the corrected " + simpleName + " cannot be loaded", e);
        }
    }

    /** Adds a synthetic field that says that the class is the corrected one. */
    abstract static class Marking extends ClassVisitor {
        private final String marker;

        Marking(ClassVisitor next, String marker) {
            super(Opcodes.ASM9, next);
            this.marker = marker;
        }

        @Override
        public final void visitEnd() {
            int hidden = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC;
            super.visitField(hidden, marker, "Z", null, null).visitEnd();
            super.visitEnd();
        }
    }
}

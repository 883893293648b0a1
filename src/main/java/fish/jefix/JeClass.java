package fish.jefix;

import com.sleepycat.je.rep.impl.node.NameIdPair;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * A class of JE, to be corrected before JE loads it: of the package where JE keeps what a replicated node
 * does, or where a given neighbour is.
 */
final class JeClass {
    private static final Class<?> USUAL = NameIdPair.class;

    private JeClass() {}

    /** @throws JeFixException if this JE has no such class */
    static byte[] bytes(String simpleName) {
        return bytes(USUAL, simpleName);
    }

    /** @throws JeFixException if this JE has no such class */
    static byte[] bytes(Class<?> neighbour, String simpleName) {
        try (InputStream in = neighbour.getResourceAsStream(simpleName + ".class")) {
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
        return define(USUAL, simpleName, corrected, marker);
    }

    /** @throws JeFixException if JE had loaded the class before */
    static JeFixes.Result define(Class<?> neighbour, String simpleName, byte[] corrected, String marker) {
        try {
            MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(corrected);
            return JeFixes.Result.APPLIED;
        } catch (LinkageError alreadyLoaded) {
            requireMarker(neighbour, simpleName, marker, alreadyLoaded);
            return JeFixes.Result.ALREADY_APPLIED;
        } catch (IllegalAccessException e) {
            throw new JeFixException("JE's package cannot be entered", e);
        }
    }

    private static void requireMarker(
            Class<?> neighbour, String simpleName, String marker, LinkageError alreadyLoaded) {
        try {
            String name = neighbour.getPackageName() + "." + simpleName;
            Class<?> loaded = Class.forName(name, false, neighbour.getClassLoader());
            boolean marked = Arrays.stream(loaded.getDeclaredFields())
                    .anyMatch(field -> field.isSynthetic() && field.getName().equals(marker));
            if (!marked) {
                throw new JeFixException(simpleName + " was loaded before it could be corrected", alreadyLoaded);
            }
        } catch (ClassNotFoundException | LinkageError e) {
            throw new JeFixException("the corrected " + simpleName + " cannot be loaded", e);
        }
    }

    /** One change within a method's code. */
    interface Edit {
        /**
         * @param hit to be run at each place that is changed
         * @return what visits the code in place of {@code next}
         */
        MethodVisitor of(MethodVisitor next, Runnable hit);
    }

    /**
     * Where a class is changed.
     *
     * @param method whose code it is, whatever its parameters
     * @param what stands there, for the message
     * @param times how often it stands there
     */
    record Place(String method, String what, int times, Edit edit) {}

    /**
     * The class with one place of one method changed, and a synthetic field that says that it is so.
     *
     * @param what stands at that place, for the message
     * @throws JeFixException if there is no such place, or more than one
     */
    static byte[] edited(byte[] original, String method, String marker, String what, Edit edit) {
        return edited(original, marker, List.of(new Place(method, what, 1, edit)));
    }

    /** @throws JeFixException if a place is not there as often as it says */
    static byte[] edited(byte[] original, String marker, List<Place> places) {
        ClassReader reader = new ClassReader(original);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Editor editor = new Editor(writer, marker, places);
        reader.accept(editor, 0);
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (editor.hits[i] != place.times()) {
                throw new JeFixException(
                        "expected " + place.what() + (place.times() == 1 ? " once" : " " + place.times() + " times")
                                + " in " + reader.getClassName() + "." + place.method() + ", found " + editor.hits[i]);
            }
        }
        return writer.toByteArray();
    }

    private static final class Editor extends ClassVisitor {
        private final String marker;
        private final List<Place> places;
        private final int[] hits;

        Editor(ClassVisitor next, String marker, List<Place> places) {
            super(Opcodes.ASM9, next);
            this.marker = marker;
            this.places = places;
            this.hits = new int[places.size()];
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor visitor = super.visitMethod(access, name, descriptor, signature, exceptions);
            for (int i = 0; i < places.size(); i++) {
                int place = i;
                if (name.equals(places.get(i).method())) {
                    visitor = places.get(i).edit().of(visitor, () -> hits[place]++);
                }
            }
            return visitor;
        }

        @Override
        public void visitEnd() {
            int hidden = Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC;
            super.visitField(hidden, marker, "Z", null, null).visitEnd();
            super.visitEnd();
        }
    }
}

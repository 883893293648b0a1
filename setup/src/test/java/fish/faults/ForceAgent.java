package fish.faults;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** A Java agent: every {@code FileChannel.force} of JE's goes through {@link ForcedLengths#force}. */
public final class ForceAgent implements ClassFileTransformer {
    private static final String CHANNEL = "java/nio/channels/FileChannel";
    private static final String RECORDER = Type.getInternalName(ForcedLengths.class);

    private ForceAgent() {}

    public static void premain(String unused, Instrumentation instrumentation) {
        instrumentation.addTransformer(new ForceAgent());
    }

    @Override
    public byte @Nullable [] transform(
            ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
        if (name == null || !name.startsWith("com/sleepycat/je/log/")) {
            return null;
        }
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(new Redirecting(writer), 0);
        return writer.toByteArray();
    }

    private static final class Redirecting extends ClassVisitor {
        Redirecting(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            return new MethodVisitor(Opcodes.ASM9, next) {
                @Override
                public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                    if (owner.equals(CHANNEL) && called.equals("force")) {
                        super.visitMethodInsn(Opcodes.INVOKESTATIC, RECORDER, "force", "(L" + CHANNEL + ";Z)V", false);
                    } else {
                        super.visitMethodInsn(opcode, owner, called, type, inInterface);
                    }
                }
            };
        }
    }
}

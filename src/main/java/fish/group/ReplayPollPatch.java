package fish.group;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The change of bytes behind {@link ReplayPollFix}: one constant in one method. */
final class ReplayPollPatch {
    static final String TARGET = "Replica$ReplayThread";

    private static final String METHOD = "run";
    private static final Long ONE_SECOND = TimeUnit.SECONDS.toNanos(1);

    private ReplayPollPatch() {}

    /** @throws JeFixException if the constant is not there exactly once */
    static byte[] corrected(byte[] replayThread) {
        ClassReader reader = new ClassReader(replayThread);
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        Corrector corrector = new Corrector(writer);
        reader.accept(corrector, 0);
        if (corrector.replaced != 1) {
            throw new JeFixException("expected the poll of one second once in " + TARGET + "." + METHOD + ", found "
                    + corrector.replaced);
        }
        return writer.toByteArray();
    }

    private static final class Corrector extends JeClass.Marking {
        private static final String RANDOM = Type.getInternalName(ThreadLocalRandom.class);

        private int replaced;

        Corrector(ClassVisitor next) {
            super(next, ReplayPollFix.MARKER);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
            if (!name.equals(METHOD)) {
                return next;
            }
            return new MethodVisitor(Opcodes.ASM9, next) {
                @Override
                public void visitLdcInsn(Object value) {
                    if (ONE_SECOND.equals(value)) {
                        replaced++;
                        visitRandomPoll(mv);
                    } else {
                        super.visitLdcInsn(value);
                    }
                }
            };
        }

        private static void visitRandomPoll(MethodVisitor code) {
            code.visitMethodInsn(Opcodes.INVOKESTATIC, RANDOM, "current", "()L" + RANDOM + ";", false);
            code.visitLdcInsn(TimeUnit.MILLISECONDS.toNanos(ReplayPollFix.LEAST_MILLIS));
            code.visitLdcInsn(TimeUnit.MILLISECONDS.toNanos(ReplayPollFix.MOST_MILLIS));
            code.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RANDOM, "nextLong", "(JJ)J", false);
        }
    }
}

package fish.jefix;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The change of bytes behind {@link ReplayPollFix}: one constant in one method. */
final class ReplayPollPatch {
    static final String TARGET = "Replica$ReplayThread";

    private static final String METHOD = "run";
    private static final String RANDOM = Type.getInternalName(ThreadLocalRandom.class);
    private static final Long ONE_SECOND = TimeUnit.SECONDS.toNanos(1);

    private ReplayPollPatch() {}

    /** @throws JeFixException if the constant is not there exactly once */
    static byte[] corrected(byte[] replayThread) {
        return JeClass.edited(
                replayThread,
                METHOD,
                ReplayPollFix.MARKER,
                "the poll of one second",
                ReplayPollPatch::pollingForARandomTime);
    }

    private static MethodVisitor pollingForARandomTime(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitLdcInsn(Object value) {
                if (ONE_SECOND.equals(value)) {
                    hit.run();
                    visitMethodInsn(Opcodes.INVOKESTATIC, RANDOM, "current", "()L" + RANDOM + ";", false);
                    super.visitLdcInsn(TimeUnit.MILLISECONDS.toNanos(ReplayPollFix.LEAST_MILLIS));
                    super.visitLdcInsn(TimeUnit.MILLISECONDS.toNanos(ReplayPollFix.MOST_MILLIS));
                    visitMethodInsn(Opcodes.INVOKEVIRTUAL, RANDOM, "nextLong", "(JJ)J", false);
                } else {
                    super.visitLdcInsn(value);
                }
            }
        };
    }
}

package fish.jefix;

import com.sleepycat.je.utilint.VLSN;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The change of bytes behind {@link RollbackFix}: an assignment before one method. */
final class RollbackPatch {
    static final String TARGET = "VLSNIndex";

    private static final String METHOD = "truncateFromTail";
    private static final String OWNER = "com/sleepycat/je/rep/vlsn/" + TARGET;
    private static final String LAST_SENT = "replicaLatestVLSNSeq";

    private RollbackPatch() {}

    /** @throws JeFixException if there is no such method */
    static byte[] corrected(byte[] index) {
        return JeClass.edited(index, METHOD, RollbackFix.MARKER, "its beginning", RollbackPatch::forgettingTheRest);
    }

    /** {@code lastSent = Math.min(lastSent, firstTruncated - 1)}. */
    private static MethodVisitor forgettingTheRest(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitCode() {
                super.visitCode();
                hit.run();
                visitVarInsn(Opcodes.ALOAD, 0);
                visitVarInsn(Opcodes.ALOAD, 0);
                visitFieldInsn(Opcodes.GETFIELD, OWNER, LAST_SENT, "J");
                visitVarInsn(Opcodes.ALOAD, 1);
                visitMethodInsn(Opcodes.INVOKEVIRTUAL, Type.getInternalName(VLSN.class), "getSequence", "()J", false);
                visitInsn(Opcodes.LCONST_1);
                visitInsn(Opcodes.LSUB);
                visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Math", "min", "(JJ)J", false);
                visitFieldInsn(Opcodes.PUTFIELD, OWNER, LAST_SENT, "J");
            }
        };
    }
}

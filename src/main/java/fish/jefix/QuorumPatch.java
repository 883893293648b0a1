package fish.jefix;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** The change of bytes behind {@link QuorumFix}: one call in one method. */
final class QuorumPatch {
    static final String TARGET = "ElectionQuorum";

    private static final String METHOD = "isAuthoritativeMaster";
    private static final String OWNER = "com/sleepycat/je/rep/impl/node/FeederManager";
    private static final String COUNTS_ALL = "activeReplicaCount";
    private static final String COUNTS_VOTERS = "activeAckReplicaCount";
    private static final String NO_ARGUMENTS_TO_INT = "()I";

    private QuorumPatch() {}

    /**
     * @throws JeFixException if the call is not there exactly once, or there is nothing to call instead
     */
    static byte[] corrected(byte[] electionQuorum, byte[] feederManager) {
        if (!declares(feederManager, COUNTS_VOTERS)) {
            throw new JeFixException("this JE has no FeederManager." + COUNTS_VOTERS + "()");
        }
        return JeClass.edited(
                electionQuorum,
                METHOD,
                QuorumFix.MARKER,
                "a call of " + COUNTS_ALL + "()",
                QuorumPatch::countingVoters);
    }

    private static MethodVisitor countingVoters(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                if (owner.equals(OWNER) && called.equals(COUNTS_ALL) && type.equals(NO_ARGUMENTS_TO_INT)) {
                    hit.run();
                    super.visitMethodInsn(opcode, owner, COUNTS_VOTERS, type, inInterface);
                } else {
                    super.visitMethodInsn(opcode, owner, called, type, inInterface);
                }
            }
        };
    }

    private static boolean declares(byte[] type, String method) {
        boolean[] found = {false};
        ClassVisitor search = new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                found[0] |= name.equals(method) && descriptor.equals(NO_ARGUMENTS_TO_INT);
                return super.visitMethod(access, name, descriptor, signature, exceptions);
            }
        };
        new ClassReader(type).accept(search, ClassReader.SKIP_CODE);
        return found[0];
    }
}

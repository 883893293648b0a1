package fish.jefix;

import java.util.concurrent.ArrayBlockingQueue;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The change of bytes behind {@link ReplayQueueFix}: the class of the one queue that a constructor makes. */
final class ReplayQueuePatch {
    static final String TARGET = "Replica";

    private static final String METHOD = "<init>";
    private static final String JES = Type.getInternalName(ArrayBlockingQueue.class);
    private static final String OURS = Type.getInternalName(ReplayQueue.class);

    private ReplayQueuePatch() {}

    /** @throws JeFixException if no such queue is made there, or more than one */
    static byte[] corrected(byte[] replica) {
        return JeClass.edited(
                replica, METHOD, ReplayQueueFix.MARKER, "a new ArrayBlockingQueue", ReplayQueuePatch::makingOurs);
    }

    private static MethodVisitor makingOurs(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitTypeInsn(int opcode, String type) {
                super.visitTypeInsn(opcode, opcode == Opcodes.NEW && type.equals(JES) ? OURS : type);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                boolean making = owner.equals(JES) && called.equals(METHOD) && type.equals("(I)V");
                if (making) {
                    hit.run();
                }
                super.visitMethodInsn(opcode, making ? OURS : owner, called, type, inInterface);
            }
        };
    }
}

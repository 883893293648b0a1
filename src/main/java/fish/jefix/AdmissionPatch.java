package fish.jefix;

import com.sleepycat.je.rep.impl.RepGroupDB;
import com.sleepycat.je.rep.impl.RepNodeImpl;
import com.sleepycat.je.rep.impl.node.NameIdPair;
import com.sleepycat.je.rep.impl.node.RepNode;
import com.sleepycat.je.rep.stream.Protocol.NodeGroupInfo;
import java.util.List;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The change of bytes behind {@link AdmissionFix}: two calls in one method, which get one argument more. */
final class AdmissionPatch {
    static final String TARGET = "FeederReplicaHandshake";

    private static final String METHOD = "verifyMembershipInfo";
    private static final String CALLED = "ensureMember";
    private static final String ASKED = "isQuorumAck";
    private static final Type NODE = Type.getType(RepNodeImpl.class);
    private static final Type PAIR = Type.getType(NameIdPair.class);
    private static final Type GROUP = Type.getType(RepGroupDB.class);
    private static final Type CALLER = Type.getType(NodeGroupInfo.class);
    private static final Type MASTER = Type.getType(RepNode.class);

    private AdmissionPatch() {}

    /** @throws JeFixException if the call is not there exactly once */
    static byte[] corrected(byte[] handshake) {
        return JeClass.edited(
                handshake,
                AdmissionFix.MARKER,
                List.of(
                        new JeClass.Place(METHOD, "a call of " + CALLED + "()", 1, AdmissionPatch::askingFirst),
                        new JeClass.Place(METHOD, "a call of " + ASKED + "()", 1, AdmissionPatch::withTheId)));
    }

    private static MethodVisitor withTheId(MethodVisitor next, Runnable hit) {
        String owningClass = "com/sleepycat/je/rep/stream/" + TARGET;
        String ours = Type.getMethodDescriptor(Type.BOOLEAN_TYPE, NODE, PAIR);
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                if (owner.equals(NODE.getInternalName()) && called.equals(ASKED)) {
                    hit.run();
                    visitVarInsn(Opcodes.ALOAD, 0);
                    visitFieldInsn(Opcodes.GETFIELD, owningClass, "replicaNameIdPair", PAIR.getDescriptor());
                    super.visitMethodInsn(
                            Opcodes.INVOKESTATIC, Type.getInternalName(Admissions.class), "isThatMember", ours, false);
                } else {
                    super.visitMethodInsn(opcode, owner, called, type, inInterface);
                }
            }
        };
    }

    private static MethodVisitor askingFirst(MethodVisitor next, Runnable hit) {
        String owningClass = "com/sleepycat/je/rep/stream/" + TARGET;
        String theirs = Type.getMethodDescriptor(Type.VOID_TYPE, CALLER);
        String ours = Type.getMethodDescriptor(Type.VOID_TYPE, GROUP, CALLER, MASTER);
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                if (owner.equals(GROUP.getInternalName()) && called.equals(CALLED) && type.equals(theirs)) {
                    hit.run();
                    visitVarInsn(Opcodes.ALOAD, 0);
                    visitFieldInsn(Opcodes.GETFIELD, owningClass, "repNode", MASTER.getDescriptor());
                    super.visitMethodInsn(
                            Opcodes.INVOKESTATIC, Type.getInternalName(Admissions.class), CALLED, ours, false);
                } else {
                    super.visitMethodInsn(opcode, owner, called, type, inInterface);
                }
            }
        };
    }
}

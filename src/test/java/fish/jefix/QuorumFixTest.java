package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fish.group.FreshJvm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class QuorumFixTest {
    private static final byte[] QUORUM = JeClass.bytes("ElectionQuorum");
    private static final byte[] FEEDERS = JeClass.bytes("FeederManager");

    @Test
    void replacesTheOneCallAndNoOther() {
        List<String> before = calls(QUORUM);
        List<String> after = calls(QuorumPatch.corrected(QUORUM, FEEDERS));

        String all = "isAuthoritativeMaster -> FeederManager.activeReplicaCount";
        String voters = "isAuthoritativeMaster -> FeederManager.activeAckReplicaCount";
        assertThat(before).containsOnlyOnce(all).doesNotContain(voters);
        before.replaceAll(call -> call.equals(all) ? voters : call);
        assertThat(after).isEqualTo(before);
    }

    @Test
    void refusesAClassWithoutTheCall() {
        byte[] corrected = QuorumPatch.corrected(QUORUM, FEEDERS);

        assertThatThrownBy(() -> QuorumPatch.corrected(corrected, FEEDERS))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 0");
    }

    @Test
    void refusesAClassWithTheCallTwice() {
        assertThatThrownBy(() -> QuorumPatch.corrected(withCallsDoubled(), FEEDERS))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 2");
    }

    @Test
    void refusesWhenNothingCountsVoters() {
        assertThatThrownBy(() -> QuorumPatch.corrected(QUORUM, QUORUM))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("activeAckReplicaCount");
    }

    @Test
    void isAppliedOnceHoweverOftenAndFromWhereverItIsCalled() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<JeFixes.Result>> callers = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                callers.add(QuorumFix::apply);
            }
            List<JeFixes.Result> results = new ArrayList<>();
            for (Future<JeFixes.Result> done : threads.invokeAll(callers)) {
                results.add(done.get());
            }
            assertThat(results.stream().filter(JeFixes.Result.APPLIED::equals)).hasSizeLessThanOrEqualTo(1);
            assertThat(results).doesNotContain(JeFixes.Result.SWITCHED_OFF);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void theSwitchLeavesJeAsItIs() throws Exception {
        assertThat(FreshJvm.run(
                        JeFixProbe.class,
                        List.of("-D" + QuorumFix.SWITCH + "=off"),
                        "apply",
                        "marked:" + QuorumPatch.TARGET))
                .containsExactly("applied", "marked false");
    }

    private static List<String> calls(byte[] type) {
        List<String> calls = new ArrayList<>();
        new ClassReader(type)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(int access, String name, String d, String s, String[] e) {
                                return new CallRecorder(name, calls);
                            }
                        },
                        0);
        return calls;
    }

    private static byte[] withCallsDoubled() {
        ClassReader reader = new ClassReader(QUORUM);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(int access, String name, String d, String s, String[] e) {
                        return new CallDoubler(super.visitMethod(access, name, d, s, e));
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static final class CallRecorder extends MethodVisitor {
        private final String method;
        private final List<String> calls;

        CallRecorder(String method, List<String> calls) {
            super(Opcodes.ASM9);
            this.method = method;
            this.calls = calls;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
            calls.add(method + " -> " + owner.substring(owner.lastIndexOf('/') + 1) + "." + called);
        }
    }

    private static final class CallDoubler extends MethodVisitor {
        CallDoubler(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
            super.visitMethodInsn(opcode, owner, called, type, inInterface);
            if (called.equals("activeReplicaCount")) {
                super.visitMethodInsn(opcode, owner, called, type, inInterface);
            }
        }
    }
}

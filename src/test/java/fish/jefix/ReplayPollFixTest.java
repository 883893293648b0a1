package fish.jefix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

class ReplayPollFixTest {
    private static final byte[] REPLAY = JeClass.bytes(ReplayPollPatch.TARGET);
    private static final String SECOND = "run: 1000000000";

    @Test
    void replacesTheOneConstantByARandomTime() {
        List<String> before = constantsAndCalls(REPLAY);
        List<String> after = constantsAndCalls(ReplayPollPatch.corrected(REPLAY));

        assertThat(before).containsOnlyOnce(SECOND);
        int at = before.indexOf(SECOND);
        before.remove(at);
        before.addAll(
                at,
                List.of(
                        "run: java/util/concurrent/ThreadLocalRandom.current",
                        "run: " + ReplayPollFix.LEAST_MILLIS + "000000",
                        "run: " + ReplayPollFix.MOST_MILLIS + "000000",
                        "run: java/util/concurrent/ThreadLocalRandom.nextLong"));
        assertThat(after).isEqualTo(before);
    }

    @Test
    void refusesAClassWithoutTheConstant() {
        byte[] corrected = ReplayPollPatch.corrected(REPLAY);

        assertThatThrownBy(() -> ReplayPollPatch.corrected(corrected))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 0");
    }

    @Test
    void refusesAClassWithTheConstantTwice() {
        assertThatThrownBy(() -> ReplayPollPatch.corrected(withSecondsDoubled()))
                .isInstanceOf(JeFixException.class)
                .hasMessageContaining("found 2");
    }

    private static List<String> constantsAndCalls(byte[] type) {
        List<String> seen = new ArrayList<>();
        new ClassReader(type)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(int access, String name, String d, String s, String[] e) {
                                return recorder(name, seen);
                            }
                        },
                        0);
        return seen;
    }

    private static MethodVisitor recorder(String method, List<String> seen) {
        return new MethodVisitor(Opcodes.ASM9) {
            @Override
            public void visitLdcInsn(Object value) {
                seen.add(method + ": " + value);
            }

            @Override
            public void visitMethodInsn(int opcode, String owner, String called, String type, boolean inInterface) {
                seen.add(method + ": " + owner + "." + called);
            }
        };
    }

    private static byte[] withSecondsDoubled() {
        ClassReader reader = new ClassReader(REPLAY);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(int access, String name, String d, String s, String[] e) {
                        return new MethodVisitor(Opcodes.ASM9, super.visitMethod(access, name, d, s, e)) {
                            @Override
                            public void visitLdcInsn(Object value) {
                                super.visitLdcInsn(value);
                                if (value.equals(1_000_000_000L)) {
                                    super.visitInsn(Opcodes.POP2);
                                    super.visitLdcInsn(value);
                                }
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }
}

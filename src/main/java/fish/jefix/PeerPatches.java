package fish.jefix;

import com.sleepycat.je.EnvironmentFailureException;
import com.sleepycat.je.log.FileManager;
import com.sleepycat.je.log.LogUtils;
import com.sleepycat.je.rep.elections.TimebasedProposalGenerator;
import com.sleepycat.je.rep.impl.MinJEVersionUnsupportedException;
import com.sleepycat.je.rep.impl.networkRestore.NetworkBackupStats;
import com.sleepycat.je.rep.impl.node.NameIdPair;
import com.sleepycat.je.rep.stream.FeederFilter;
import com.sleepycat.je.rep.utilint.HostPortPair;
import fish.jefix.JeClass.Edit;
import fish.jefix.JeClass.Place;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The changes of bytes behind {@link PeerFix}, in the order in which classes build on each other. */
final class PeerPatches {
    private static final String OURS = Type.getInternalName(PeerMessages.class);
    private static final String REP = "com/sleepycat/je/rep/";
    private static final String PROTOCOL = REP + "utilint/BinaryProtocol";
    private static final String FAILURE = Type.getInternalName(EnvironmentFailureException.class);
    private static final String MAKING = "<init>";
    private static final String UNEXPECTED = "unexpectedState";
    private static final String OF_ENVIRONMENT =
            "(Lcom/sleepycat/je/dbi/EnvironmentImpl;Ljava/lang/String;)L" + FAILURE + ";";

    /**
     * One class.
     *
     * @param neighbour of the same package
     */
    record Patch(Class<?> neighbour, String target, List<Place> places) {
        byte[] corrected() {
            return corrected(JeClass.bytes(neighbour, target));
        }

        byte[] corrected(byte[] original) {
            return JeClass.edited(original, PeerFix.MARKER, places);
        }
    }

    private PeerPatches() {}

    static List<Patch> all() {
        return List.of(
                new Patch(HostPortPair.class, "BinaryProtocol", messages()),
                new Patch(
                        HostPortPair.class,
                        "BinaryProtocol$SimpleMessage",
                        List.of(lengths("getStringArray"), lengths("getByteArray"))),
                new Patch(FeederFilter.class, "BaseProtocol", List.of(lengths("readLongArray"))),
                new Patch(
                        FeederFilter.class,
                        "BaseProtocol$StartStream",
                        List.of(new Place(MAKING, "a length", 1, readInt("noFilter")))),
                new Patch(
                        FeederFilter.class,
                        "FeederReplicaSyncup",
                        List.of(contained("execute", 1), contained("makeResponseToEntryRequest", 2))),
                new Patch(NameIdPair.class, "FeederManager", List.of(contained("activateFeeder", 1))),
                new Patch(
                        NameIdPair.class,
                        "Feeder$IOThreadsHandler",
                        List.of(new Place("uncaughtException", "its beginning", 1, PeerPatches::endingItself))),
                new Patch(NetworkBackupStats.class, "LogFileFeeder", logFiles()),
                new Patch(
                        MinJEVersionUnsupportedException.class,
                        "TextProtocol",
                        List.of(new Place("parseRequest", "a cast", 1, PeerPatches::onlyRequests))),
                new Patch(
                        TimebasedProposalGenerator.class,
                        "TimebasedProposalGenerator$StringProposal",
                        List.of(new Place(MAKING, "a proposal", 1, PeerPatches::wholeProposals))),
                new Patch(
                        TimebasedProposalGenerator.class,
                        "Acceptor",
                        List.of(shutdowns(), new Place("run", "a vote", 2, PeerPatches::onlyProposals))),
                new Patch(TimebasedProposalGenerator.class, "Learner", List.of(shutdowns(), results())));
    }

    private static List<Place> messages() {
        String failure = "(Ljava/lang/String;)L" + FAILURE + ";";
        String wrapped = "(Ljava/lang/Exception;)L" + FAILURE + ";";
        return List.of(
                new Place("getOp", "a failure", 1, call(FAILURE, UNEXPECTED, OF_ENVIRONMENT, "malformed")),
                new Place("read", "a failure", 2, call(FAILURE, UNEXPECTED, failure, "malformed")),
                new Place("read", "a wrapped failure", 4, call(FAILURE, "unexpectedException", wrapped, "unreadable")),
                new Place("read", "a constructor", 1, PeerPatches::onlyWhatIsAsked),
                new Place("read", "a limit", 2, PeerPatches::limits),
                lengths("getString"));
    }

    private static List<Place> logFiles() {
        String files = Type.getInternalName(FileManager.class);
        return List.of(
                new Place("run", "its beginning", 1, PeerPatches::contained),
                new Place("run", "an ending failure", 1, PeerPatches::failures),
                // A lease keeps log files from being deleted; whoever copies begins anew here, see RestoreSource.
                new Place("run", "whether leases end", 5, PeerPatches::noLeases),
                new Place(
                        "sendRequestedFiles",
                        "a file's path",
                        1,
                        call(files, "getFullFileName", "(Ljava/lang/String;)Ljava/lang/String;", "logFile")));
    }

    private static Place lengths(String method) {
        return new Place(method, "a length", 1, readInt("length"));
    }

    private static Place contained(String method, int times) {
        return new Place(method, "a failure", times, call(FAILURE, UNEXPECTED, OF_ENVIRONMENT, "contained"));
    }

    /** That a peer may end the thread: null, which is no operation. */
    private static Place shutdowns() {
        return new Place("run", "a shutdown", 1, (next, hit) -> new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String type) {
                if (opcode == Opcodes.GETFIELD && name.equals("SHUTDOWN")) {
                    hit.run();
                    super.visitInsn(Opcodes.POP);
                    super.visitInsn(Opcodes.ACONST_NULL);
                } else {
                    super.visitFieldInsn(opcode, owner, name, type);
                }
            }
        });
    }

    private static Place results() {
        String type = "(L" + REP + "elections/Proposer$Proposal;L" + REP + "elections/Protocol$Value;)V";
        return new Place("run", "a result", 1, call(REP + "elections/Learner", "processResult", type, "result"));
    }

    private static Edit readInt(String ours) {
        String type = Type.getMethodDescriptor(Type.INT_TYPE, Type.getType(ByteBuffer.class));
        return call(Type.getInternalName(LogUtils.class), "readInt", type, ours);
    }

    /** A call becomes one of ours; of an object's method, with the object as the first argument. */
    private static Edit call(String theirs, String method, String type, String ours) {
        return (next, hit) -> new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String called, boolean inInterface) {
                if (owner.equals(theirs) && name.equals(method) && called.equals(type)) {
                    hit.run();
                    String statically = opcode == Opcodes.INVOKESTATIC ? type : "(L" + theirs + ";" + type.substring(1);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, ours, statically, false);
                } else {
                    super.visitMethodInsn(opcode, owner, name, called, inInterface);
                }
            }
        };
    }

    private static MethodVisitor onlyWhatIsAsked(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String type, boolean inInterface) {
                if (name.equals("getConstructor")) {
                    hit.run();
                    super.visitVarInsn(Opcodes.ALOAD, 1);
                    super.visitMethodInsn(
                            Opcodes.INVOKESTATIC,
                            OURS,
                            "constructor",
                            "(L" + owner + ";" + Type.getDescriptor(ReadableByteChannel.class)
                                    + ")Ljava/lang/reflect/Constructor;",
                            false);
                } else {
                    super.visitMethodInsn(opcode, owner, name, type, inInterface);
                }
            }
        };
    }

    private static MethodVisitor limits(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String type) {
                if (name.equals("maxMessageSize")) {
                    hit.run();
                    super.visitVarInsn(Opcodes.ALOAD, 1);
                    String ours = "(L" + PROTOCOL + ";" + Type.getDescriptor(ReadableByteChannel.class) + ")J";
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, "bodyBytesMax", ours, false);
                } else {
                    super.visitFieldInsn(opcode, owner, name, type);
                }
            }
        };
    }

    private static MethodVisitor endingItself(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitCode() {
                super.visitCode();
                hit.run();
                Label goOn = new Label();
                super.visitVarInsn(Opcodes.ALOAD, 2);
                super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, "isContained", "(Ljava/lang/Throwable;)Z", false);
                super.visitJumpInsn(Opcodes.IFEQ, goOn);
                super.visitInsn(Opcodes.RETURN);
                super.visitLabel(goOn);
                super.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
            }
        };
    }

    private static MethodVisitor contained(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitCode() {
                super.visitCode();
                hit.run();
                super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, "containHere", "()V", false);
            }
        };
    }

    /** What was begun to be made stays below on the stack, and is forgotten as the other is thrown. */
    private static MethodVisitor failures(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String type, boolean inInterface) {
                if (owner.equals(FAILURE) && name.equals(MAKING)) {
                    hit.run();
                    String ours = type.replace(")V", ")Ljava/lang/RuntimeException;");
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, "contained", ours, false);
                } else {
                    super.visitMethodInsn(opcode, owner, name, type, inInterface);
                }
            }
        };
    }

    private static MethodVisitor noLeases(MethodVisitor next, Runnable hit) {
        String flag = Type.getInternalName(AtomicBoolean.class);
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String type, boolean inInterface) {
                if (owner.equals(flag) && name.equals("get")) {
                    hit.run();
                    super.visitInsn(Opcodes.POP);
                    super.visitInsn(Opcodes.ICONST_1);
                } else {
                    super.visitMethodInsn(opcode, owner, name, type, inInterface);
                }
            }
        };
    }

    private static MethodVisitor wholeProposals(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitFieldInsn(int opcode, String owner, String name, String type) {
                if (opcode == Opcodes.PUTFIELD && name.equals("proposal")) {
                    hit.run();
                    super.visitMethodInsn(
                            Opcodes.INVOKESTATIC, OURS, "proposal", "(Ljava/lang/String;)Ljava/lang/String;", false);
                }
                super.visitFieldInsn(opcode, owner, name, type);
            }
        };
    }

    private static MethodVisitor onlyProposals(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(int opcode, String owner, String name, String type, boolean inInterface) {
                if (name.equals("process") && owner.endsWith("/Acceptor")) {
                    hit.run();
                    super.visitInsn(Opcodes.DUP);
                    super.visitMethodInsn(
                            Opcodes.INVOKEVIRTUAL,
                            REP + "elections/Protocol$Propose",
                            "getProposal",
                            "()L" + REP + "elections/Proposer$Proposal;",
                            false);
                    super.visitMethodInsn(
                            Opcodes.INVOKESTATIC, OURS, "requireProposal", "(Ljava/lang/Object;)V", false);
                }
                super.visitMethodInsn(opcode, owner, name, type, inInterface);
            }
        };
    }

    private static MethodVisitor onlyRequests(MethodVisitor next, Runnable hit) {
        return new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitTypeInsn(int opcode, String type) {
                if (opcode == Opcodes.CHECKCAST && type.endsWith("$RequestMessage")) {
                    hit.run();
                    super.visitInsn(Opcodes.DUP);
                    super.visitMethodInsn(Opcodes.INVOKESTATIC, OURS, "requireRequest", "(Ljava/lang/Object;)V", false);
                }
                super.visitTypeInsn(opcode, type);
            }
        };
    }
}

package fish.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The sources of all modules, parsed: what the rules about them look at. */
final class SourceTree {
    private static final List<String> ROOTS = List.of(
            "src/main/java",
            "src/test/java",
            "back/src/main/java",
            "back/src/test/java",
            "front/src/main/java",
            "front/src/test/java",
            "setup/src/main/java",
            "setup/src/test/java");

    /** A method, constructor or record: how long it is, and how many things it takes. */
    record Member(String name, long lines, int parameters, boolean record) {}

    /**
     * One file.
     *
     * @param room its package without {@code fish.}
     * @param imports the packages of Fish that it imports from, without {@code fish.}
     */
    record Source(
            Path path, boolean test, String room, List<String> lines, List<Import> imports, List<Member> members) {
        String name() {
            return path.getFileName().toString();
        }

        boolean contains(String text) {
            return lines.stream().anyMatch(line -> line.contains(text));
        }
    }

    /** What an import names: all of it, and its package. */
    record Import(String type, String room) {}

    private final Path root;

    /** @param root the project's top level */
    SourceTree(Path root) {
        this.root = root;
    }

    List<Source> read() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Source> sources = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<Path> paths = paths();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, problem -> {}, List.of(), null, files.getJavaFileObjectsFromPaths(paths));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                sources.add(source(unit, positions));
            }
        }
        return sources;
    }

    private List<Path> paths() throws IOException {
        List<Path> paths = new ArrayList<>();
        for (String dir : ROOTS) {
            if (Files.isDirectory(root.resolve(dir))) {
                try (Stream<Path> all = Files.walk(root.resolve(dir))) {
                    all.filter(path -> path.toString().endsWith(".java")).forEach(paths::add);
                }
            }
        }
        return paths;
    }

    private Source source(CompilationUnitTree unit, SourcePositions positions) throws IOException {
        Path path = Path.of(unit.getSourceFile().toUri());
        List<Import> imports = unit.getImports().stream()
                .map(tree -> tree.getQualifiedIdentifier().toString())
                .map(type -> new Import(type, room(type)))
                .toList();
        List<Member> members = new ArrayList<>();
        unit.accept(new Members(unit, positions), members);
        String room = unit.getPackageName() == null
                ? ""
                : withoutFish(unit.getPackageName().toString());
        boolean test = path.toString().contains("/test/java/");
        return new Source(root.relativize(path), test, room, Files.readAllLines(path), imports, members);
    }

    /** The package of a type's name: what comes before the first capital. */
    private static String room(String type) {
        StringBuilder room = new StringBuilder();
        for (String part : type.split("\\.", -1)) {
            if (Character.isUpperCase(part.charAt(0))) {
                break;
            }
            room.append(room.isEmpty() ? "" : ".").append(part);
        }
        return type.startsWith("fish.") ? withoutFish(room.toString()) : room.toString();
    }

    private static String withoutFish(String name) {
        return name.startsWith("fish.") ? name.substring("fish.".length()) : name;
    }

    private static final class Members extends TreeScanner<Void, List<Member>> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;

        Members(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.positions = positions;
        }

        @Override
        public Void visitMethod(MethodTree method, List<Member> found) {
            long from = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
            long to = unit.getLineMap()
                    .getLineNumber(
                            Math.max(positions.getStartPosition(unit, method), positions.getEndPosition(unit, method)));
            found.add(new Member(
                    method.getName().toString(),
                    to - from + 1,
                    method.getParameters().size(),
                    false));
            return super.visitMethod(method, found);
        }

        @Override
        public Void visitClass(ClassTree type, List<Member> found) {
            if (type.getKind() == Tree.Kind.RECORD) {
                int components = (int) type.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(VariableTree.class::cast)
                        .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                        .count();
                found.add(new Member(type.getSimpleName().toString(), 0, components, true));
            }
            return super.visitClass(type, found);
        }
    }
}

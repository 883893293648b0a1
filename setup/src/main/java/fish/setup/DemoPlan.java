package fish.setup;

import fish.conf.ProgramException;
import fish.contract.HostPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which nodes a demo has, where they lie and listen, and how each is started. */
record DemoPlan(List<Planned> backs, List<Planned> fronts) {
    private static final int BACK_PORT = 5000;
    private static final int REPLICATION_PORT = 9000;

    /** @param fresh whether its home is to be made */
    record Planned(String name, Path home, boolean fresh, int port, List<String> command) {
        String url() {
            return "http://localhost:" + port;
        }
    }

    /** @param frontPort the first front-end's; the others' follow */
    static DemoPlan of(int backs, int fronts, int frontPort, Path homes, Path bin) throws ProgramException {
        int backPort = Ports.adjacent(BACK_PORT, backs);
        int replicationPort = Ports.adjacent(REPLICATION_PORT, backs + fronts);
        HostPort founder = new HostPort("localhost", replicationPort);
        List<Planned> backNodes = new ArrayList<>();
        for (int i = 0; i < backs; i++) {
            HostPort address = new HostPort("localhost", replicationPort + i);
            List<String> entry = i == 0 ? List.of("--want-master") : List.of("--buddy", founder.toString());
            backNodes.add(planned("b" + i, homes, bin.resolve("back"), address, backPort + i, entry));
        }
        List<Planned> frontNodes = new ArrayList<>();
        for (int i = 0; i < fronts; i++) {
            HostPort address = new HostPort("localhost", replicationPort + backs + i);
            List<String> entry = List.of("--buddy", founder.toString());
            frontNodes.add(planned("r" + i, homes, bin.resolve("front"), address, frontPort + i, entry));
        }
        return new DemoPlan(List.copyOf(backNodes), List.copyOf(frontNodes));
    }

    private static Planned planned(
            String name, Path homes, Path program, HostPort address, int port, List<String> entry) {
        Path home = homes.resolve(name);
        boolean fresh = !home.toFile().exists();
        List<String> command = new ArrayList<>(List.of(
                program.toString(), "--dir", home.toString(), "--address", address.toString(), "--port", "" + port));
        command.addAll(entry);
        command.add("--stop-with-stdin");
        return new Planned(name, home, fresh, port, List.copyOf(command));
    }

    List<Planned> all() {
        List<Planned> all = new ArrayList<>(backs);
        all.addAll(fronts);
        return all;
    }
}

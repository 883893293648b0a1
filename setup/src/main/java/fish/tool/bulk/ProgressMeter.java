package fish.tool.bulk;

/** Is told how far something long is, by one thread or several. */
public interface ProgressMeter extends AutoCloseable {
    /** Tells nobody. */
    ProgressMeter NONE = new ProgressMeter() {
        @Override
        public void to(long done) {}

        @Override
        public void close() {}
    };

    /** So much is done in all, in whatever this counts. */
    void to(long done);

    @Override
    void close();
}

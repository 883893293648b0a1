package fish.client;

import java.util.List;

/**
 * What happened after a revision, as far as one answer told it.
 *
 * @param revision where the next page begins: all durable commits up to it have been told
 * @param commits in the order of revisions
 */
public record CommitPage(long revision, List<Commit> commits) {
    public CommitPage {
        commits = List.copyOf(commits);
    }
}

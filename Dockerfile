# An image of Fish: Debian, and the Debian package that bin/package made. See docs/packages.md.
#
#   bin/package && docker build -t fish .
#
FROM debian:13-slim

# The user has a number that does not depend on what else was installed: volumes belong to it.
COPY target/fish-kv_*_all.deb /tmp/fish-kv.deb
# hadolint ignore=DL3008
RUN groupadd --system --gid 10001 fish \
    && useradd --system --uid 10001 --gid fish --home-dir /var/lib/fish --no-create-home --shell /usr/sbin/nologin fish \
    && apt-get update \
    && apt-get install -y --no-install-recommends /tmp/fish-kv.deb \
    && rm -rf /tmp/fish-kv.deb /var/lib/apt/lists/*

# A bare name of a home (FISH_DIR) lies here, where a volume belongs.
ENV FISH_DATA=/var/lib/fish
USER 10001:10001
WORKDIR /var/lib/fish

# back or front; docker run fish --help says what else. Java is process 1 then, and stops cleanly on SIGTERM.
ENTRYPOINT ["/opt/fish/bin/service"]
CMD ["--help"]

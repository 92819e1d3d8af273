# syntax=docker/dockerfile:1

# Two images from one build:
#   docker build -t pillarlint .                    the program and nothing else
#   docker build -t pillarlint:ci --target ci .     with a shell and git, for CI systems that run jobs in an image
#
# The bases are pinned by exact tag. `docker buildx imagetools inspect TAG` prints the digest, for whoever wants that.

FROM rust:1.93.0-slim-trixie AS build
WORKDIR /src
COPY . .
# Linked statically, so that it runs in an image without a C library; with --target, the flags are for the program
# alone and not for build scripts. Not musl: its allocator is slow where many threads allocate.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    host="$(rustc --print host-tuple)" \
    && RUSTFLAGS='-C target-feature=+crt-static' \
       cargo build --locked --release --package pillarlint --target "$host" \
    && cp "target/$host/release/pillarlint" /pillarlint

FROM alpine:3.22.1 AS ci
# git is for --since. Its exact version is Alpine's business: old ones leave the package index.
# hadolint ignore=DL3018
RUN apk add --no-cache git && adduser -D -u 10001 pillarlint
COPY --from=build /pillarlint /usr/local/bin/pillarlint
USER 10001:10001
WORKDIR /work
CMD ["pillarlint", "check"]

FROM scratch
COPY --from=build /pillarlint /pillarlint
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/pillarlint"]
CMD ["check"]

# One static binary in an image with nothing else in it: no shell, no package manager, no root. How to run it is in
# docs/operate.md; compose.yaml runs it with PostgreSQL.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/commonhold ./cmd/commonhold && install -d -m 0700 /out/data

FROM scratch
LABEL org.opencontainers.image.source="https://github.com/commonhold/commonhold" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/commonhold /commonhold
USER 65532:65532
# Other containers reach it, so it wants to know the address that speaks https before it: COMMONHOLD_PUBLIC_URL.
ENV COMMONHOLD_LISTEN=0.0.0.0:8080 COMMONHOLD_DATA=/data COMMONHOLD_LOG_FORMAT=json
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m --retries=3 CMD ["/commonhold", "ready"]
ENTRYPOINT ["/commonhold"]
CMD ["serve"]

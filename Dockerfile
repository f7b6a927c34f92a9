FROM python:3.13-slim-bookworm

ENV PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# The account has no rights over the code; all it may write is /data.
RUN useradd --uid 10001 --create-home hustings \
 && install --directory --owner hustings --group hustings --mode 0700 /data

WORKDIR /app
COPY hustings pyproject.toml constraints.txt README.md LICENSE ./
COPY bot ./bot
COPY handlers ./handlers
COPY policies ./policies

# The wrapper that everybody uses installs here too; later starts find its work done.
RUN ./hustings --help

USER 10001
VOLUME /data
WORKDIR /data

HEALTHCHECK --interval=60s --timeout=10s --start-period=30s \
  CMD ["/app/hustings", "--help"]

ENTRYPOINT ["/app/hustings"]
CMD ["run"]

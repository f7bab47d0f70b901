# The images of Clawdbot, one stage for each:
#   slim (default)  web, workers, indexer, beat; `docker run` starts all of them on SQLite
#   server          everything: model servers of GGUF files, sentence-transformers, unstructured
#   nginx           what stands in front: nginx and the balancer beside it
# Debian 12 and its Python are what the tests run on. Nothing is fetched but packages of Debian and
# Python (and no frontend for this file), so that it builds behind mirrors: --build-arg BASE=...,
# PIP_INDEX_URL=..., or without any network but Debian's: a folder wheels/ beside this file (see
# deploy/airgap) and PIP_NO_INDEX=1. For NVIDIA: deploy/compose/gpu.yml.
ARG BASE=debian:bookworm-slim
ARG BUILD_BASE=${BASE}

# -- what every image has: Python, a user, an init that passes signals on and reaps children
FROM ${BASE} AS python
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 tini \
    && apt-get clean && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log /var/cache/debconf/*-old \
    && groupadd --gid 10001 clawdbot \
    && useradd --uid 10001 --gid 10001 --home-dir /var/lib/clawdbot --shell /usr/sbin/nologin clawdbot \
    && install -d -o clawdbot -g clawdbot /var/lib/clawdbot /var/lib/clawdbot/data
ENV CLAWDBOT_HOME=/var/lib/clawdbot \
    CLAWDBOT_SERVICE__HOST=0.0.0.0 \
    LANG=C.UTF-8 \
    MALLOC_ARENA_MAX=2 \
    ORT_DISABLE_TELEMETRY=1 \
    PATH=/opt/clawdbot/.venv/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /opt/clawdbot
EXPOSE 8000
ENTRYPOINT ["tini", "--"]
CMD ["clawdbot", "up", "--no-sample"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s \
    CMD ["python", "-P", "-m", "clawdbot_site.supervision.health", "web"]

# -- the program, compiled: containers cannot write bytecode, and would compile at each start
FROM python AS program
COPY LICENSE manage.py pyproject.toml ./
COPY models models
COPY samples samples
COPY locale locale
COPY deploy deploy
COPY ingest ingest
COPY clawdbot_site clawdbot_site
COPY apps apps
RUN python3 -m compileall -q --invalidation-mode unchecked-hash apps clawdbot_site ingest

# -- pip, which no image keeps
FROM ${BUILD_BASE} AS pip
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates python3 python3-pip python3-venv \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/clawdbot
ARG PIP_INDEX_URL=https://pypi.org/simple
ARG PIP_NO_INDEX=
ENV PIP_FIND_LINKS=/opt/clawdbot/wheels
COPY wheel[s] wheels/
COPY deploy/setup.sh deploy/slim.py deploy/smoke.py deploy/clawdbot.sh deploy/
COPY requirements-workstation.txt requirements-nodes.txt ./

FROM pip AS slim-packages
RUN --mount=type=cache,target=/root/.cache/pip \
    sh deploy/setup.sh workstation \
    && sh deploy/setup.sh nodes \
    && .venv/bin/python -m compileall -q --invalidation-mode unchecked-hash .venv/lib

# -- with a compiler. llama.cpp for any x86-64 with AVX2, or ARM; --build-arg LLAMA="" compiles for the
#    processor that builds, PACKAGES=gpu for CUDA
FROM pip AS server-packages
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential python3-dev \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY deploy/llama_flags.sh deploy/amx_probe.c deploy/without_cuda.awk deploy/
COPY requirements.txt requirements-training.txt ./
ARG PACKAGES=server
ARG LLAMA=-DGGML_NATIVE=off
RUN --mount=type=cache,target=/root/.cache/pip \
    CMAKE_ARGS="${LLAMA}" sh deploy/setup.sh "${PACKAGES}" \
    && .venv/bin/python -m compileall -q --invalidation-mode unchecked-hash .venv/lib

FROM python AS server
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=server-packages /opt/clawdbot/.venv .venv
COPY --from=program /opt/clawdbot ./
USER 10001:10001

FROM python AS nginx
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx-light libnginx-mod-http-brotli-filter \
    && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=slim-packages /opt/clawdbot/.venv .venv
COPY --from=program /opt/clawdbot ./
USER 10001:10001
EXPOSE 80 443
CMD ["clawdbot", "front", "run"]

FROM python AS slim
COPY --from=slim-packages /opt/clawdbot/.venv .venv
COPY --from=program /opt/clawdbot ./
USER 10001:10001

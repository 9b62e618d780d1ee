# The image of one production node:
#
#   docker build -t wsapp .
#   docker run -p 8080:8080 -e PARLEY_ACCESS_ANONYMOUS=true wsapp
#
# Without PARLEY_REDIS_URL a node runs alone; compose.yaml shows four of them behind HAProxy.
# The project's own tests have no Docker engine: this file is kept plain because it was never run
# by them. What it calls (the Maven build, the jar, the JVM options) is what they do run.

# --- page: what browsers get; its checks have run elsewhere
FROM node:20-slim AS page
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web .
RUN npm run build

# --- build: the server with that page, and what trains it; the tests have run elsewhere
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
COPY --from=page /src/web/target/dist web/target/dist
RUN mvn --batch-mode --projects server,dev --also-make -Dmaven.test.skip=true -Dspotless.check.skip=true -Dparley.aot.skip=true -Dparley.web.skip=true package

# --- node: a JRE, the jar, its libraries, the JVM options; nothing that the process could write to
FROM eclipse-temurin:25-jre AS node
WORKDIR /app
COPY --from=build /src/server/target/lib lib
COPY --from=build /src/parley /src/server/target/node.options /src/server/target/parley-server.jar ./

# --- training: the AOT cache, made where the node will run, because it fits that very JRE and that
# very jar. Starts a Redis of its own and a node, for half a minute. Where this fails, leave the
# stage out, and `COPY --from=training` below: the node then takes some seconds to start.
FROM node AS training
COPY --from=build /src/dev/target/lib /training/lib
COPY --from=build /src/dev/target/parley-dev.jar /training/
RUN java -cp "/training/parley-dev.jar:/training/lib/*:/app/parley-server.jar" \
  io.parley.dev.Training /app/parley-server.jar

# --- run
FROM node
COPY --from=training /app/parley-server.aot ./
USER 10001:10001

# 8080: clients. 8081: health, on 127.0.0.1 unless PARLEY_INTERNAL_ADDRESS says otherwise.
EXPOSE 8080 8081

# SIGTERM drains: readiness goes, then the listener, then the clients, with code 3001. Give it more
# than `drain.deadline` (25 s) before killing it: Docker's own 10 s are too short.
STOPSIGNAL SIGTERM

# No HEALTHCHECK: readiness concerns the balancer, which asks for itself, and a node that is merely
# waiting for Redis must not be restarted for it.
# The launcher, as everywhere: it knows the JVM options and the cache, and takes JAVA_OPTS=-Xmx2g.
ENTRYPOINT ["/app/parley"]
CMD ["node"]

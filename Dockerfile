# The image of one production node:
#
#   docker build -t wsapp .
#   docker run -p 8080:8080 -e PARLEY_ACCESS_ANONYMOUS=true wsapp
#
# Without PARLEY_REDIS_URL a node runs alone; compose.yaml shows four of them behind HAProxy.
# The project's own tests have no Docker engine: this file is kept plain because it was never run
# by them. What it calls (the Maven build, the jar, the JVM options) is what they do run.

# --- build: the server module and nothing else; the tests have run elsewhere
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn --batch-mode --projects server --also-make -Dmaven.test.skip=true -Dspotless.check.skip=true package

# --- run: a JRE, the jar, its libraries, the JVM options; nothing that the process could write to
FROM eclipse-temurin:25-jre
WORKDIR /app
COPY --from=build /src/server/target/lib lib
COPY --from=build /src/server/target/node.options /src/server/target/parley-server.jar ./
USER 10001:10001

# 8080: clients. 8081: health, on 127.0.0.1 unless PARLEY_INTERNAL_ADDRESS says otherwise.
EXPOSE 8080 8081

# SIGTERM drains: readiness goes, then the listener, then the clients, with code 3001. Give it more
# than `drain.deadline` (25 s) before killing it: Docker's own 10 s are too short.
STOPSIGNAL SIGTERM

# No HEALTHCHECK: readiness concerns the balancer, which asks for itself, and a node that is merely
# waiting for Redis must not be restarted for it.
ENTRYPOINT ["java", "@/app/node.options", "-jar", "/app/parley-server.jar"]
CMD ["node"]

package io.parley.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/// What one connection, or one node, may take before somebody else would pay for it.
///
/// Budgets of 0 are concluded here from the JVM's heap, so that a node with little memory sheds
/// clients before it runs out of it.
public record LimitSettings(
    @Setting(value = "64KiB", as = Format.BYTES, min = "1KiB", max = "16MiB",
        doc = "A client's message; without a WebSocket, the commands of a request. Beyond:"
            + " close 1009, or status 413.") int messageBytes,
    @Setting(value = "1024", as = Format.WHOLE, min = "1", max = "1000000",
        doc = "Fragments of a client's message. Beyond: close 1009.") int messageFragments,
    @Setting(value = "30s", as = Format.DURATION, min = "100ms", max = "10m",
        doc = "From the first byte of a client's message to its last."
            + " Beyond: close 1008.") Duration messageTimeout,
    @Setting(value = "128", as = Format.WHOLE, min = "1", max = "1000",
        doc = "Levels of arrays and objects in JSON that is published, the outermost included."
            + " Beyond: error 107; from a Protobuf client it is taken for"
            + " bytes.") int nestingLevels,
    @Setting(value = "0", as = Format.BYTES, min = "0", max = "64GiB",
        doc = "What messages that aren't whole yet, of all connections together, may take of the"
            + " memory. Beyond: those that have kept it waiting for the longest time are closed"
            + " with 1013. 0: an eighth of the largest heap.") long inboundBytes,
    @Setting(value = "1MiB", as = Format.BYTES, min = "4KiB", max = "256MiB",
        doc = "Queued for a connection. Beyond: close 3008.") int outboxBytes,
    @Setting(value = "10s", as = Format.DURATION, min = "100ms", max = "10m",
        doc = "Age of the oldest byte queued for a connection."
            + " Beyond: close 3008.") Duration outboxAge,
    @Setting(value = "0", as = Format.BYTES, min = "0", max = "64GiB",
        doc = "What waits for sockets that are full, of all connections together, may take of the"
            + " memory. Beyond: those that have taken nothing for the longest time are closed with"
            + " 3008. 0: a quarter of the largest heap.") long outboundBytes,
    @Setting(value = "128KiB", as = Format.BYTES, min = "4KiB", max = "64MiB",
        doc = "What the kernel may hold for a connection beyond what is on its way to the client"
            + " (TCP_NOTSENT_LOWAT, on Linux). Beyond: it waits in the node, where it is"
            + " counted.") int socketBytes,
    @Setting(value = "256", as = Format.WHOLE, min = "1", max = "65536",
        doc = "Unanswered publishes of a connection; a direct message is one for each inbox."
            + " At it, nothing more is read from it.") int publishWindow,
    @Setting(value = "1MiB", as = Format.BYTES, min = "1KiB", max = "1GiB",
        doc = "Bytes of the unanswered publishes of a connection. At it, nothing more is read"
            + " from it.") int publishBytes,
    @Setting(value = "100", as = Format.WHOLE, min = "0", max = "1000000",
        doc = "Commands that a connection may send per second, on average. Beyond, with the burst"
            + " used up: error 111, then close 3013. 0: no limit.") int commandsPerSecond,
    @Setting(value = "200", as = Format.WHOLE, min = "1", max = "1000000",
        doc = "Commands that a connection may send at once.") int commandBurst,
    @Setting(value = "128", as = Format.WHOLE, min = "1", max = "65536",
        doc = "Rooms in which a connection may be. Beyond: error 106.") int roomsPerConnection,
    @Setting(value = "64MiB", as = Format.BYTES, min = "64KiB", max = "16GiB",
        doc = "Publications on their way from feeds to one shard. Beyond: dropped, and given from"
            + " the history once the shard has caught up; announced where there is"
            + " none.") long shardQueueBytes,
    @Setting(value = "100", as = Format.WHOLE, min = "0", max = "1000000",
        doc = "Pings, and pongs that nobody asked for, that a connection may send per second."
            + " Beyond: close 1008. 0: no limit.") int pingsPerSecond,
    @Setting(value = "25s", as = Format.DURATION, min = "100ms", max = "10m",
        doc = "How often a quiet connection is pinged.") Duration pingInterval,
    @Setting(value = "8s", as = Format.DURATION, min = "50ms", max = "5m",
        doc = "How long a pong may take.") Duration pongTimeout,
    @Setting(value = "15s", as = Format.DURATION, min = "1s", max = "10m",
        doc = "How long bytes on their way to a client may stay unacknowledged by its machine, or"
            + " its machine take none (TCP_USER_TIMEOUT, on Linux)."
            + " Beyond: the connection is cut.") Duration tcpUserTimeout,
    @Setting(value = "5s", as = Format.DURATION, min = "50ms", max = "1m",
        doc = "How long a closing handshake may take.") Duration closeTimeout,
    @Setting(value = "10s", as = Format.DURATION, min = "100ms", max = "5m",
        doc = "How long a client may take from its connecting to its WebSocket, or to read another"
            + " answer. Beyond: status 408, or the connection is cut.") Duration handshakeTimeout,
    @Setting(value = "10s", as = Format.DURATION, min = "100ms", max = "5m",
        doc = "How long a client without a token may take from its WebSocket to its first frame,"
            + " where it needs one. Beyond: close 3502.") Duration authTimeout,
    @Setting(value = "0", as = Format.WHOLE, min = "0", max = "10000000",
        doc = "Connections of clients to this node, those without a WebSocket yet among them."
            + " Beyond: status 503. 0: as many as the process may have file descriptors"
            + " (`ulimit -n`), less 200 for everything else.") int connections,
    @Setting(value = "1000", as = Format.WHOLE, min = "0", max = "10000000",
        doc = "Connections to this node from one IPv4 address, or from the addresses that share the"
            + " first 64 bits of an IPv6 address, but for those in `proxy.trusted`. Beyond:"
            + " status 429. 0: any number.") int connectionsPerAddress,
    @Setting(value = "100", as = Format.WHOLE, min = "0", max = "10000000",
        doc = "Connections of one user to this node. Beyond: close 3504."
            + " 0: any number.") int connectionsPerUser,
    @Setting(value = "8KiB", as = Format.BYTES, min = "1KiB", max = "64KiB",
        doc = "The first line of a client's request, with its URL; and as much for its headers"
            + " together. Beyond: status 414, or 431.") int requestBytes,
    @Setting(value = "100", as = Format.WHOLE, min = "10", max = "10000",
        doc = "Headers of a client's request. Beyond: status 431.") int requestHeaders,
    @Setting(value = "10s", as = Format.DURATION, min = "100ms", max = "1m",
        doc = "How long another node may take for what a client without a WebSocket has sent to"
            + " this one. Beyond: status 500.") Duration emulationTimeout) {
  private static final int INBOUND_SHARE = 8;
  private static final int OUTBOUND_SHARE = 4;
  private static final long MEBIBYTE = 1 << 20;
  private static final int FILES_RESERVED = 200;
  private static final int CONNECTIONS_MAX = 10_000_000;
  private static final Pattern FILES_MAX = Pattern.compile("(?m)^Max open files +([0-9]{1,9}) ");

  public LimitSettings {
    inboundBytes = inboundBytes == 0 ? heapBytes(INBOUND_SHARE) : inboundBytes;
    outboundBytes = outboundBytes == 0 ? heapBytes(OUTBOUND_SHARE) : outboundBytes;
    connections = connections == 0 ? possibleConnections() : connections;
  }

  /// A part of the heap at its largest, in whole mebibytes.
  static long heapBytes(int share) {
    return Math.max(1, Runtime.getRuntime().maxMemory() / share / MEBIBYTE) * MEBIBYTE;
  }

  /// A JVM has raised its limit to the highest that it may have.
  private static int possibleConnections() {
    try {
      var limits = FILES_MAX.matcher(Files.readString(Path.of("/proc/self/limits")));
      return limits.find()
          ? Math.clamp(Integer.parseInt(limits.group(1)) - FILES_RESERVED, 1, CONNECTIONS_MAX)
          : CONNECTIONS_MAX;
    } catch (IOException notLinux) {
      return CONNECTIONS_MAX;
    }
  }
}

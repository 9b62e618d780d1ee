import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What clients that stop reading do to those who read (fault F14 of the catalogue): a room at
/// about 1 MB a second, 50 members that read, and then some that don't. Prints the readers' latency
/// before and while, how soon the slow ones were closed, and what the node took.
///
///     java Slow.java PORT INTERNAL_PORT PID [how many slow ones, ...]
public final class Slow {
  static final int READERS = 50;
  static final int MESSAGE_BYTES = 10_000;
  static final int PER_SECOND = 100;
  static final int WATCH_SECONDS = 8;
  static final int AT_MOST_SECONDS = 20;

  static int port;
  static int internalPort;
  static long pid;

  /// Microseconds from saying to hearing.
  static final Queue<Integer> latencies = new ConcurrentLinkedQueue<>();

  public static void main(String[] args) throws Exception {
    port = Integer.parseInt(args[0]);
    internalPort = Integer.parseInt(args[1]);
    pid = Long.parseLong(args[2]);
    for (int i = 0; i < READERS; i++) {
      var socket = connect("reader" + i, 0);
      Thread.ofPlatform().daemon().start(() -> read(socket));
    }
    var talker = connect("talker", 0);
    Thread.ofPlatform().daemon().start(() -> read(talker));
    Thread.ofPlatform().daemon().start(() -> talk(talker));
    pause(3_000);
    for (int a = 3; a < args.length; a++) {
      run(Integer.parseInt(args[a]));
    }
    System.exit(0);
  }

  static void run(int slowOnes) throws Exception {
    double closedBefore = closed();
    long rssBefore = rss();
    var before = watch(closedBefore, 0);
    var slow = new ArrayList<Socket>();
    for (int i = 0; i < slowOnes; i++) {
      slow.add(connect("slow" + i, 4_096));
    }
    var during = watch(closedBefore, slowOnes);
    System.out.printf("slow %4d: closed with 3008: %.0f within %.1f s; readers' p50/p99 ms before"
        + " %s, while %s; queued at most %.1f MiB (one: %.2f); RSS MiB %d -> at most %d%n",
        slowOnes, during.closed, during.closedAfter, before.percentiles, during.percentiles,
        during.queued / (1 << 20), metric("parley_outbox_highest_bytes") / (1 << 20),
        rssBefore >> 10, during.rss >> 10);
    for (var socket : slow) {
      socket.close();
    }
    while (metric("parley_outbox_bytes") != 0) {
      pause(50);
    }
  }

  record Seen(String percentiles, double closed, double closedAfter, double queued, long rss) {}

  /// Looks at the node for some seconds, and until as many are closed as should be. It is the same
  /// before and while there are slow ones, since looking costs the node something, too.
  static Seen watch(double closedBefore, int slowOnes) throws IOException {
    latencies.clear();
    long start = System.nanoTime();
    double queued = 0;
    long rssMost = 0;
    double closed = 0;
    double closedAfter = 0;
    while (seconds(start) < WATCH_SECONDS
        || (closed < slowOnes && seconds(start) < AT_MOST_SECONDS)) {
      pause(50);
      queued = Math.max(queued, metric("parley_outbox_bytes"));
      rssMost = Math.max(rssMost, rss());
      double now = closed() - closedBefore;
      if (closed < slowOnes) {
        closed = now;
        closedAfter = seconds(start);
      }
    }
    return new Seen(percentiles(), closed, closedAfter, queued, rssMost);
  }

  static double closed() throws IOException {
    return metric("parley_closes_total{code=\"3008\"}");
  }

  static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String percentiles() {
    var sorted = latencies.stream().sorted().toList();
    latencies.clear();
    return sorted.isEmpty() ? "-"
        : "%.2f/%.2f".formatted(sorted.get(sorted.size() / 2) / 1e3,
            sorted.get((int) (sorted.size() * 0.99)) / 1e3);
  }

  static long rss() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS")).mapToLong(
            line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum();
  }

  static double metric(String series) throws IOException {
    var url = URI.create("http://127.0.0.1:" + internalPort + "/metrics").toURL();
    try (var body = url.openConnection(Proxy.NO_PROXY).getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8).lines()
          .filter(line -> line.startsWith(series + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1))).sum();
    }
  }

  static Socket connect(String user, int receiveBufferBytes) throws IOException {
    var socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.getOutputStream().write(("GET /?room=hall&user=" + user + " HTTP/1.1\r\nHost: h\r\n"
        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n").getBytes());
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) socket.getInputStream().read());
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException(head.toString());
    }
    return socket;
  }

  static void talk(Socket talker) {
    long next = System.nanoTime();
    try {
      while (true) {
        var text = System.nanoTime() + " " + "x".repeat(MESSAGE_BYTES);
        talker.getOutputStream().write(frame(0x81, text.getBytes()));
        next += 1_000_000_000L / PER_SECOND;
        pause(Math.max(0, (next - System.nanoTime()) / 1_000_000));
      }
    } catch (IOException ended) {
      System.out.println("the talker was cut off: " + ended);
    }
  }

  static byte[] frame(int first, byte[] payload) {
    var out = new ByteArrayOutputStream();
    out.write(first);
    if (payload.length < 126) {
      out.write(0x80 | payload.length);
    } else {
      out.write(0xfe);
      out.write(payload.length >> 8);
      out.write(payload.length);
    }
    out.writeBytes(new byte[4]);
    out.writeBytes(payload);
    return out.toByteArray();
  }

  static void read(Socket socket) {
    try {
      var in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 65_536));
      while (true) {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        var payload = new byte[length == 126 ? in.readUnsignedShort() : length];
        in.readFully(payload);
        long now = System.nanoTime();
        if (first == 0x89) {
          synchronized (socket) {
            socket.getOutputStream().write(frame(0x8a, payload));
          }
        } else if (first == 0x81) {
          var text = new String(payload, 0, 24, StandardCharsets.US_ASCII);
          long said = Long.parseLong(text.substring(0, text.indexOf(' ')));
          latencies.add((int) ((now - said) / 1_000));
        }
      }
    } catch (IOException ended) {
      System.out.println("a reader was cut off: " + ended);
    }
  }
}

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/// Fault F16 of the catalogue: many members of one room are cut off at once, something is said
/// meanwhile, and all of them come back and name the position at which they were. Prints how long
/// that took, whether everybody got everything, and what it cost Redis and the node.
///
///     java Storm.java PORT REDIS_PORT PID [how many clients, how often]
public final class Storm {
  static final int MISSED = 50;
  /// Handshakes under way at a time; more than the kernel's queue takes would only wait there.
  static final int KNOCKING = 256;
  static final Pattern POSITION = Pattern.compile(
      "\"offset\":(\\d+),\"epoch\":\"([0-9a-f]{16})\"");

  static int port;
  static int redisPort;
  static long pid;
  static int ids = 2;

  public static void main(String[] args) throws Exception {
    port = Integer.parseInt(args[0]);
    redisPort = Integer.parseInt(args[1]);
    pid = Long.parseLong(args[2]);
    int clients = args.length > 3 ? Integer.parseInt(args[3]) : 10_000;
    int storms = args.length > 4 ? Integer.parseInt(args[4]) : 3;
    var talker = new Client("talker", "&as=json");
    talker.say("{\"join\":\"storm\",\"id\":1}");
    var position = position(talker.awaitFrame("{\"joined\""));
    for (int i = 0; i < storms; i++) {
      position = storm(clients, talker, position, i == 0);
    }
    System.exit(0);
  }

  static String position(String frame) {
    var found = POSITION.matcher(frame);
    if (!found.find()) {
      throw new IllegalStateException(frame + " (expected: with a position)");
    }
    return found.group(2) + ":" + found.group(1);
  }

  /// @return the position at its end
  static String storm(int count, Client talker, String position, boolean isFirst)
      throws Exception {
    var before = connectAll(count, position, 0, isFirst ? "first visit" : "again");
    // All at once, without a goodbye.
    for (var client : before) {
      client.socket.setSoLinger(true, 0);
      client.socket.close();
    }
    var last = position;
    for (int i = 0; i < MISSED; i++) {
      talker.say("{\"text\":\"missed " + i + " " + "x".repeat(100) + "\",\"id\":" + ids++ + "}");
      last = position(talker.awaitFrame("{\"ack\""));
    }
    Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    long readsBefore = scripts();
    long rssBefore = status("VmRSS");
    long cpuBefore = cpuMillis();
    var back = connectAll(count, position, MISSED, "storm");
    System.out.printf("  scripts that Redis ran, for history and presence: %d; node: CPU %d ms, RSS MiB %d -> at most %d%n",
        scripts() - readsBefore, cpuMillis() - cpuBefore, rssBefore >> 10,
        status("VmHWM") >> 10);
    for (var client : back) {
      client.socket.setSoLinger(true, 0);
      client.socket.close();
    }
    return last;
  }

  static List<Client> connectAll(int count, String since, int missed, String what)
      throws Exception {
    var knocking = new Semaphore(KNOCKING);
    var ready = new CountDownLatch(count);
    var recovered = new AtomicInteger();
    var clients = new ArrayList<Client>();
    var millis = new ArrayList<Long>();
    long start = System.nanoTime();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        int n = i;
        threads.submit(() -> {
          try {
            knocking.acquire();
            Client client;
            try {
              client = new Client("u" + n, "&as=json&since=" + since);
            } finally {
              knocking.release();
            }
            if (client.awaitFrame("{\"joined\"").contains("\"recovered\":true")) {
              recovered.incrementAndGet();
            }
            for (int m = 0; m < missed; m++) {
              client.awaitFrame("{\"text\":\"missed " + m + " ");
            }
            synchronized (clients) {
              clients.add(client);
              millis.add((System.nanoTime() - start) / 1_000_000);
            }
          } catch (Exception failed) {
            System.out.println("client " + n + ": " + failed);
          } finally {
            ready.countDown();
          }
        });
      }
      ready.await();
    }
    var sorted = millis.stream().sorted().toList();
    System.out.printf("%s: %d of %d are in, %d recovered; half after %d ms, 95 %% after %d ms, all"
        + " after %d ms%n", what, clients.size(), count, recovered.get(),
        sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 95 / 100), sorted.getLast());
    return clients;
  }

  static long scripts() throws IOException {
    try (var redis = new Socket(InetAddress.getLoopbackAddress(), redisPort)) {
      redis.getOutputStream().write("INFO commandstats\r\nQUIT\r\n".getBytes());
      var info = new String(redis.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      var calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(info);
      return calls.find() ? Long.parseLong(calls.group(1)) : 0;
    }
  }

  static long status(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith(name)).mapToLong(
            line -> Long.parseLong(line.replaceAll("[^0-9]", ""))).sum();
  }

  static long cpuMillis() throws IOException {
    var fields = Files.readString(Path.of("/proc/" + pid + "/stat")).replaceAll(".*\\) ", "")
        .split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10;
  }

  static final class Client {
    final Socket socket = new Socket();
    private final DataInputStream in;

    Client(String user, String more) throws IOException {
      socket.setReceiveBufferSize(32_768);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.getOutputStream().write(("GET /?room=storm&user=" + user + more
          + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
              .getBytes());
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1_024));
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        head.append((char) in.readUnsignedByte());
      }
      if (!head.toString().startsWith("HTTP/1.1 101 ")) {
        throw new IOException(head.toString());
      }
    }

    void say(String text) throws IOException {
      var payload = text.getBytes(StandardCharsets.UTF_8);
      boolean isShort = payload.length < 126;
      int header = isShort ? 6 : 8;
      var frame = new byte[header + payload.length];
      frame[0] = (byte) 0x81;
      frame[1] = (byte) (0x80 | (isShort ? payload.length : 126));
      if (!isShort) {
        frame[2] = (byte) (payload.length >> 8);
        frame[3] = (byte) payload.length;
      }
      System.arraycopy(payload, 0, frame, header, payload.length);
      socket.getOutputStream().write(frame);
    }

    String awaitFrame(String beginning) throws IOException {
      while (true) {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        var payload = new byte[length == 126 ? in.readUnsignedShort() : length];
        in.readFully(payload);
        var text = new String(payload, StandardCharsets.UTF_8);
        if (first == 0x88) {
          throw new IOException("closed");
        }
        if (text.startsWith(beginning)) {
          return text;
        }
      }
    }
  }
}

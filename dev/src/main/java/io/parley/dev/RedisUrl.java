package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import javax.net.ssl.SSLSocketFactory;

/// Where a Redis is: `redis://[[user]:password@]host[:port][/db]`, or `rediss:` with TLS. Knows how
/// to ask whether anybody is there, so that `up` can say so before it starts anything. Immutable.
///
/// @param text as it was given, for the nodes
/// @param user empty for the default one
/// @param password empty for none
record RedisUrl(String text, boolean tls, String user, String password, String host, int port) {
  static final String FORM = "redis://[[USER]:PASSWORD@]HOST[:PORT][/DB] or rediss://...";
  private static final int DEFAULT_PORT = 6379;
  private static final int TIMEOUT_MILLIS = 3_000;

  static RedisUrl loopback(int port) {
    return new RedisUrl("redis://127.0.0.1:" + port, false, "", "", "127.0.0.1", port);
  }

  /// The message of the exception doesn't repeat the text, because that may hold a password.
  static RedisUrl parse(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException("not a URL (expected: " + FORM + ")", malformed);
    }
    var tls = "rediss".equals(uri.getScheme());
    if ((!tls && !"redis".equals(uri.getScheme())) || uri.getHost() == null) {
      throw new IllegalArgumentException("not a Redis URL (expected: " + FORM + ")");
    }
    var login = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
    // Without a colon all of it is the password, as Redis' own clients have it.
    var colon = login.indexOf(':');
    var user = colon < 0 ? "" : decoded(login.substring(0, colon));
    var password = decoded(login.substring(colon + 1));
    var host = uri.getHost().replaceAll("^\\[|]$", "");
    var port = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
    return new RedisUrl(text, tls, user, password, host, port);
  }

  private static String decoded(String part) {
    // A plus is a plus here; only forms make it a blank.
    return URLDecoder.decode(part.replace("+", "%2B"), UTF_8);
  }

  /// For people: without the password.
  String masked() {
    if (password.isEmpty()) {
      return text;
    }
    return text.replaceFirst("//[^/]*@", "//" + (user.isEmpty() ? "" : user) + ":***@");
  }

  /// Throws what a user needs to hear when Redis doesn't answer a PING, logged in as the URL says.
  void check() throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      if (tls) {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (var secure = factory.createSocket(socket, host, port, true)) {
          converse(secure);
        }
      } else {
        converse(socket);
      }
    }
  }

  boolean answers() {
    try {
      check();
      return true;
    } catch (IOException silent) {
      return false;
    }
  }

  private void converse(Socket socket) throws IOException {
    var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    if (!password.isEmpty()) {
      var login = user.isEmpty()
          ? command("AUTH", password)
          : command("AUTH", user, password);
      expect("+OK", exchange(socket, answers, login));
    }
    expect("+PONG", exchange(socket, answers, command("PING")));
  }

  private static String exchange(Socket socket, BufferedReader answers, String command)
      throws IOException {
    socket.getOutputStream().write(command.getBytes(UTF_8));
    socket.getOutputStream().flush();
    var answer = answers.readLine();
    if (answer == null) {
      throw new IOException("it closed the connection");
    }
    return answer;
  }

  private static void expect(String expected, String answer) throws IOException {
    if (!answer.equals(expected)) {
      throw new IOException("it answered: " + answer);
    }
  }

  private static String command(String... words) {
    var request = new StringBuilder("*" + words.length + "\r\n");
    for (var word : words) {
      request.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
      request.append(word).append("\r\n");
    }
    return request.toString();
  }

  /// Never the password, wherever this ends up.
  @Override
  public String toString() {
    return masked();
  }
}

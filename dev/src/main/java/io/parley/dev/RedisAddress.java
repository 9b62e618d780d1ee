package io.parley.dev;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.parley.config.RedisUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Where a Redis is, in the words that nodes take for it. Knows how to try it the way a node would,
/// so that `up` can say what is wrong before it starts anything. Immutable.
///
/// @param text as it was given, for the nodes
/// @param url what a node will make of it
record RedisAddress(String text, RedisUrl url) {
  static final String FORM = "redis://[[USER]:PASSWORD@]HOST[:PORT][/DB] or rediss://...";
  private static final int TIMEOUT_MILLIS = 3_000;
  private static final int ANSWER_CHARS_MAX = 120;

  /// The message of the exception doesn't repeat the text, because that may hold a password.
  static RedisAddress parse(String text) {
    try {
      return new RedisAddress(text, RedisUrl.parse(text));
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("not a Redis URL (expected: " + FORM
          + ", special characters in user and password percent-encoded)", wrong);
    }
  }

  /// Enters as the URL says: TLS, user and password, database. Asks for a sign of life.
  ///
  /// @throws IOException if that can't be done; its message is for the user
  void check() throws IOException {
    if (url.master() != null) {
      // Where the sentinels point to may be another place by the time a node asks.
      return;
    }
    var host = url.hosts().getFirst();
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host.name(), host.port()), TIMEOUT_MILLIS);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      if (url.tls()) {
        try (var secure = secured(socket, host)) {
          converse(secure);
        }
      } else {
        converse(socket);
      }
    } catch (UnknownHostException cause) {
      throw new IOException("no such host", cause);
    } catch (SocketTimeoutException cause) {
      throw new IOException("no answer within " + TIMEOUT_MILLIS / 1_000 + " s", cause);
    }
  }

  /// A socket alone would believe a certificate of any name.
  private static SSLSocket secured(Socket socket, RedisUrl.Host host) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, null, null);
      var secure = (SSLSocket) context.getSocketFactory()
          .createSocket(socket, host.name(), host.port(), true);
      var parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      return secure;
    } catch (GeneralSecurityException cause) {
      throw new IOException("TLS: " + cause.getMessage(), cause);
    }
  }

  private void converse(Socket socket) throws IOException {
    var answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    if (url.password() != null) {
      var login = new ArrayList<>(List.of("AUTH"));
      if (url.user() != null) {
        login.add(url.user());
      }
      login.add(url.password());
      expect("+OK", exchange(socket, answers, login));
    }
    if (url.database() != 0) {
      var select = List.of("SELECT", Integer.toString(url.database()));
      expect("+OK", exchange(socket, answers, select));
    }
    expect("+PONG", exchange(socket, answers, List.of("PING")));
  }

  private static String exchange(Socket socket, BufferedReader answers, List<String> words)
      throws IOException {
    var request = new StringBuilder("*" + words.size() + "\r\n");
    for (var word : words) {
      request.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
      request.append(word).append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(UTF_8));
    socket.getOutputStream().flush();
    var answer = answers.readLine();
    if (answer == null) {
      throw new IOException("it closed the connection");
    }
    return answer;
  }

  /// Whoever answers may be anything, so not all of it is shown, and nothing but text.
  private static void expect(String expected, String answer) throws IOException {
    if (!answer.equals(expected)) {
      var shown = answer.replaceAll("[^\\p{Print}]", "?");
      throw new IOException("it answered: " + (shown.length() <= ANSWER_CHARS_MAX
          ? shown
          : shown.substring(0, ANSWER_CHARS_MAX) + "…"));
    }
  }

  /// Never the password, wherever this ends up.
  @Override
  public String toString() {
    return url.toString();
  }
}

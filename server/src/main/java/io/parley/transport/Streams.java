package io.parley.transport;

import io.parley.cluster.Ask;
import io.parley.cluster.ControlPlane;
import io.parley.cluster.SealedCommands;
import io.parley.cluster.Told;
import io.parley.session.StreamKey;
import io.parley.wire.Emulated;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The streams of a node, and the way of a client's commands to its own: they come in requests of
/// their own, which a balancer may have sent to any node.
///
/// Thread-safe.
final class Streams {
  /// 192 bits: whoever could guess one could speak for its client.
  private static final int SECRET_BYTES = 24;

  private final SecureRandom random = new SecureRandom();

  /// By what [SealedCommands#nameOf] makes of their secrets.
  private final Map<String, Stream> byName = new ConcurrentHashMap<>();

  /// This node's id; empty before the node has one, when there are no clients yet.
  private volatile String node = "";

  /// Null before the node is in a cluster, be it one of its own.
  private volatile @Nullable ControlPlane cluster;

  /// The node has an id.
  void onNode(String id) {
    node = id;
  }

  /// Other nodes can be asked from here on.
  void join(ControlPlane control) {
    cluster = control;
  }

  StreamKey newKey(StreamKey.Form form) {
    var secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new StreamKey(
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret), node, form);
  }

  void add(Stream stream) {
    byName.put(SealedCommands.nameOf(stream.stream().session()), stream);
  }

  void remove(Stream stream) {
    byName.remove(SealedCommands.nameOf(stream.stream().session()));
  }

  /// Takes commands to their stream, wherever that is.
  ///
  /// @return what became of it: done when the stream has them, on its way into the session
  CompletableFuture<Told> post(Emulated what) {
    if (what.node().equals(node)) {
      return CompletableFuture.completedFuture(
          deliver(byName.get(SealedCommands.nameOf(what.session())), what.commands()));
    }
    var control = cluster;
    return control == null
        ? CompletableFuture.failedFuture(new IOException("the node is starting"))
        : control.ask(what.node(), new Ask.Emulate(
            SealedCommands.seal(what.session(), what.commands())));
  }

  /// Hands commands that came by way of another node to a stream of this one.
  Told deliver(SealedCommands commands) {
    var stream = byName.get(commands.stream());
    try {
      return stream == null
          ? Told.Nobody.NOBODY
          : deliver(stream, commands.open(stream.stream().session()));
    } catch (GeneralSecurityException notBySession) {
      // Whoever sealed them knew the stream's name, and not its secret.
      return Told.Nobody.NOBODY;
    }
  }

  private static Told deliver(@Nullable Stream stream, byte[] commands) {
    if (stream == null) {
      return Told.Nobody.NOBODY;
    }
    stream.post(commands);
    return Told.Done.DONE;
  }
}

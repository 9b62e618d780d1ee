package io.parley.e2e.line;

import io.parley.e2e.checker.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A connection of a reader or a writer, in one of the protocols: what is said on it has the same
/// meaning in each. Confined to one thread, but any may close it.
public sealed interface Line extends AutoCloseable permits PlainLine, CentrifugeLine {
  /// Which protocol it speaks.
  enum Protocol {
    PLAIN,
    CENTRIFUGE
  }

  /// What the server says that readers or writers have to know.
  sealed interface Said {
    record Message(Position at, String id) implements Said {}

    /// The reader is in the channel.
    ///
    /// @param at behind which messages follow; null: he wasn't told
    /// @param recovered whether he gets what he missed; null: he didn't ask for it
    record Joined(@Nullable Position at, @Nullable Boolean recovered) implements Said {}

    /// Messages were missed that won't come.
    record Lost(@Nullable Position at) implements Said {}

    /// A message is stored.
    record Acked(String id, Position at) implements Said {}

    /// A message was answered with an error.
    record Failed(String id, long code) implements Said {}

    /// The connection is of no use any more.
    ///
    /// @param code of the close frame, or of an error
    record Ended(int code) implements Said {}
  }

  /// Connects a reader.
  ///
  /// @param since where he was; null: nowhere
  /// @param random decides how he asks, where there are several ways
  static Line toRead(Protocol protocol, int port, String reader, Target target,
      @Nullable Position since, Random random) throws IOException {
    return switch (protocol) {
      case PLAIN -> PlainLine.toRead(port, reader, target, since, random);
      case CENTRIFUGE -> CentrifugeLine.toRead(port, reader, target, since);
    };
  }

  /// Connects a writer.
  static Line toWrite(Protocol protocol, int port, String writer) throws IOException {
    return switch (protocol) {
      case PLAIN -> PlainLine.toWrite(port, writer);
      case CENTRIFUGE -> CentrifugeLine.toWrite(port, writer);
    };
  }

  /// Says what has to be said first.
  void begin() throws IOException;

  /// Waits for the next frame; it may say nothing that matters.
  List<Said> next() throws IOException;

  /// Sends a message.
  void send(Target target, String id) throws IOException;

  /// How long [#next] may wait.
  void timeout(Duration limit) throws IOException;

  /// Ends it by a TCP reset, as a program does that is killed with data unread.
  void reset() throws IOException;

  @Override
  void close() throws IOException;
}

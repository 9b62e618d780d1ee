package io.parley.wire.plain;

import io.parley.channel.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client asks for in one frame. Names are checked, and objects hold nothing that is the
/// server's to write.
sealed interface PlainCommand {
  @Nullable
  CommandId id();

  /// Text for the connection's own room.
  record Text(byte[] text) implements PlainCommand {
    @Override
    public @Nullable CommandId id() {
      return null;
    }
  }

  /// An object for a room; null: the connection's own.
  record RoomMessage(@Nullable String room, byte[] object, @Nullable CommandId id)
      implements
        PlainCommand {}

  /// An object for users, each named once.
  record DirectMessage(List<String> receivers, byte[] object, @Nullable CommandId id)
      implements
        PlainCommand {}

  /// To join a room, or the inbox.
  ///
  /// @param since the position from which to go on; null: from now on
  record Join(String room, @Nullable Position since, @Nullable CommandId id)
      implements
        PlainCommand {}

  /// To be shown what was said in a room, or in the inbox.
  ///
  /// @param limit how many messages
  /// @param before the offset before which the newest of them stands; [Long#MAX_VALUE]: none
  record History(String room, int limit, long before, @Nullable CommandId id)
      implements
        PlainCommand {}

  /// To be told who is in a room.
  record Who(String room, @Nullable CommandId id) implements PlainCommand {}

  /// To leave a room.
  record Leave(String room, @Nullable CommandId id) implements PlainCommand {}

  /// To be told who the server takes the connection for.
  record WhoAmI(@Nullable CommandId id) implements PlainCommand {}

  /// To be who a token says; or to stay it, by a fresh token.
  record Token(String token, @Nullable CommandId id) implements PlainCommand {
    /// Without the token, which is nobody else's to see.
    @Override
    public String toString() {
      return "Token[id=" + id + "]";
    }
  }
}

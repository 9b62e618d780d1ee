package io.parley.broker.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What `PUBLISH` or `publish.lua` answers. Confined to the thread that the answer is read on, and
/// then to the loop.
final class PublishOutput extends CommandOutput<byte[], byte[], PublishOutput.Reply> {
  private static final long ID_CONFLICT = 2;
  private static final Reply DONE = new Reply(Stored.NOWHERE, null);
  private static final Reply CONFLICT = new Reply(Failed.ID_CONFLICT, null);

  /// An outcome that Redis told.
  ///
  /// @param untold the error because of which no subscriber was told of what is stored; null:
  /// everybody was
  record Reply(PublishOutcome outcome, @Nullable String untold) {}

  private final boolean isScript;

  /// @param isScript whether the script answers: the command's own answer is how many it reached
  PublishOutput(boolean isScript) {
    super(ByteArrayCodec.INSTANCE, DONE);
    this.isScript = isScript;
  }

  @Override
  public void set(long number) {
    output = isScript && number == ID_CONFLICT ? CONFLICT : DONE;
  }

  @Override
  public void set(ByteBuffer text) {
    var position = Envelope.position(text);
    if (position == null) {
      // Not one that the script gives.
      output = new Reply(Failed.UNKNOWN, null);
    } else {
      output = new Reply(new Stored(position), text.hasRemaining()
          ? StandardCharsets.UTF_8.decode(text).toString().strip()
          : null);
    }
  }
}

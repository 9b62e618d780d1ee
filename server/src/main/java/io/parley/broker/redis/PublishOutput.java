package io.parley.broker.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.parley.broker.PublishOutcome;
import io.parley.broker.PublishOutcome.Failed;
import io.parley.broker.PublishOutcome.Stored;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What `PUBLISH` answers, or `publish.lua` for each publication. Confined to the thread that the
/// answer is read on, and then to the loop.
final class PublishOutput extends CommandOutput<byte[], byte[], List<PublishOutput.Reply>> {
  private static final long ID_CONFLICT = 2;
  private static final byte REFUSED = '!';
  private static final Reply DONE = new Done(Stored.NOWHERE);
  private static final Reply CONFLICT = new Done(Failed.ID_CONFLICT);

  /// What became of one publication.
  sealed interface Reply permits Done, Untold, Refused {}

  /// That.
  record Done(PublishOutcome outcome) implements Reply {}

  /// It is stored, but no subscriber was told of it, because of an error.
  record Untold(Stored outcome, String error) implements Reply {}

  /// It isn't stored, because of an error.
  record Refused(String error) implements Reply {}

  private final boolean isScript;

  /// @param isScript whether the script answers: the command's own answer is how many it reached
  PublishOutput(boolean isScript) {
    super(ByteArrayCodec.INSTANCE, new ArrayList<>());
    this.isScript = isScript;
  }

  @Override
  public void set(long number) {
    output.add(isScript && number == ID_CONFLICT ? CONFLICT : DONE);
  }

  @Override
  public void set(ByteBuffer text) {
    if (text.hasRemaining() && text.get(text.position()) == REFUSED) {
      text.get();
      output.add(new Refused(StandardCharsets.UTF_8.decode(text).toString()));
      return;
    }
    var position = Envelope.position(text);
    if (position == null) {
      // Not one that the script gives.
      output.add(new Done(Failed.UNKNOWN));
    } else if (text.hasRemaining()) {
      output.add(new Untold(
          new Stored(position), StandardCharsets.UTF_8.decode(text).toString().strip()));
    } else {
      output.add(new Done(new Stored(position)));
    }
  }
}

package io.parley.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// All values of an answer in their order, however they are nested; numbers as their digits.
///
/// Confined to the thread that the answer is read on, and then to the loop.
public final class FlatOutput extends CommandOutput<byte[], byte[], List<byte[]>> {
  private final List<byte[]> values;

  public FlatOutput() {
    this(new ArrayList<>());
  }

  private FlatOutput(List<byte[]> values) {
    super(ByteArrayCodec.INSTANCE, values);
    this.values = values;
  }

  /// Nothing, where a value could be, is none.
  @Override
  @SuppressWarnings("NullAway")
  public void set(ByteBuffer bytes) {
    if (bytes != null) {
      var copy = new byte[bytes.remaining()];
      bytes.get(copy);
      values.add(copy);
    }
  }

  @Override
  public void set(long number) {
    values.add(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
  }
}

package io.parley.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.parley.deflate.Inflation;
import io.parley.outbox.Budget;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A frame reader, and what it told its sink, as words.
///
/// Confined to the test's thread.
final class ReaderRun implements FrameReader.Sink {
  static final int MESSAGE_BYTES = 65_536;
  static final int FRAGMENTS = 4;
  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

  private final List<String> events = new ArrayList<>();
  private final Budget budget;
  private final FrameReader reader;

  /// Whether the sink wants more, given what it has got.
  private Predicate<List<String>> wants = _ -> true;

  ReaderRun() {
    this(Long.MAX_VALUE, null);
  }

  /// @param inboundBytes what the reader may keep
  ReaderRun(long inboundBytes) {
    this(inboundBytes, null);
  }

  /// @param inflation if compression was negotiated
  ReaderRun(@Nullable Inflation inflation) {
    this(Long.MAX_VALUE, inflation);
  }

  /// @param holders the readers that share a budget
  ReaderRun(Budget budget, Holders holders) {
    this(budget, holders, null);
  }

  private ReaderRun(long inboundBytes, @Nullable Inflation inflation) {
    this(new Budget(inboundBytes), inflation);
  }

  private ReaderRun(Budget budget, @Nullable Inflation inflation) {
    this(budget, new Holders(budget), inflation);
  }

  private ReaderRun(Budget budget, Holders holders, @Nullable Inflation inflation) {
    this.budget = budget;
    reader = new FrameReader(this, MESSAGE_BYTES, FRAGMENTS, holders, inflation);
  }

  /// The ways in which a stream may come: whole, in single bytes, and cut in two anywhere.
  static List<List<String>> cuts(String hex) {
    var stream = hex.replace(" ", "");
    var cuts = new ArrayList<List<String>>();
    cuts.add(List.of(stream));
    var single = new ArrayList<String>();
    for (int i = 0; i < stream.length(); i += 2) {
      single.add(stream.substring(i, i + 2));
      if (i > 0) {
        cuts.add(List.of(stream.substring(0, i), stream.substring(i)));
      }
    }
    cuts.add(single);
    return cuts;
  }

  ReaderRun wanting(Predicate<List<String>> more) {
    wants = more;
    return this;
  }

  ReaderRun read(List<String> segments) {
    for (var segment : segments) {
      read(HexFormat.of().parseHex(segment.replace(" ", "")));
    }
    return this;
  }

  ReaderRun read(byte[] segment) {
    read(ALLOCATOR.buffer(Math.max(1, segment.length)).writeBytes(segment));
    return this;
  }

  void read(ByteBuf segment) {
    reader.read(segment, ALLOCATOR);
  }

  ReaderRun resume() {
    reader.resume();
    return this;
  }

  /// What the reader has taken from the budget now.
  long taken() {
    return budget.taken();
  }

  /// For how long something has been begun and isn't whole, at a time.
  long ageNanos(long nowNanos) {
    return reader.ageNanos(nowNanos);
  }

  List<String> events() {
    var told = List.copyOf(events);
    end();
    return told;
  }

  void end() {
    reader.end();
  }

  @Override
  public void onText(byte[] message) {
    events.add("text " + new String(message, UTF_8));
  }

  @Override
  public void onBinary(byte[] message) {
    events.add("binary " + new String(message, ISO_8859_1));
  }

  @Override
  public void onPing(byte[] payload) {
    events.add("ping " + new String(payload, UTF_8));
  }

  @Override
  public void onPong() {
    events.add("pong");
  }

  @Override
  public void onClose(int code) {
    events.add("close " + code);
  }

  @Override
  public void onViolation(FrameException violation) {
    events.add("" + violation.code().code());
  }

  @Override
  public boolean isReading() {
    return wants.test(events);
  }
}

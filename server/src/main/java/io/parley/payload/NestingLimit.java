package io.parley.payload;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;

/// What JSON from outside may be like: so deep, and no deeper. A parser asks at each level, so what
/// is too deep is found before it is read.
///
/// Thread-safe, as far as what it tells is.
final class NestingLimit extends StreamReadConstraints {
  private static final long serialVersionUID = 1;

  private static final int NUMBER_DIGITS_MAX = 1_000;
  private static final int NAME_CHARACTERS_MAX = 50_000;

  private final int payloadLevelsMax;
  private final transient Runnable onHit;

  /// Limits what stands in a payload, or in a command that has one in it.
  ///
  /// @param levelsMax as deep as it may be
  /// @param payloadLevelsMax as deep as is said that a payload may be
  /// @param onHit told when something was deeper
  NestingLimit(int levelsMax, int payloadLevelsMax, Runnable onHit) {
    // The frame's own limit holds for strings and for the whole.
    super(levelsMax, -1, NUMBER_DIGITS_MAX, Integer.MAX_VALUE, NAME_CHARACTERS_MAX, -1);
    this.payloadLevelsMax = payloadLevelsMax;
    this.onHit = onHit;
  }

  @Override
  public void validateNestingDepth(int depth) throws StreamConstraintsException {
    if (depth > getMaxNestingDepth()) {
      onHit.run();
      throw new StreamConstraintsException("nested deeper than " + getMaxNestingDepth()
          + " levels (expected: at most " + payloadLevelsMax + " in what is published, which is"
          + " limits.nesting-levels)");
    }
  }
}

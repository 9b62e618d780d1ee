package io.parley.auth.token;

import org.jspecify.annotations.Nullable;

/// What a token changes in a namespace's rules, for one subscription. Null: as the namespace has
/// it.
public record Overrides(
    @Nullable Boolean presence, @Nullable Boolean joinLeave, @Nullable Boolean forcePushJoinLeave,
    @Nullable Boolean forceRecovery, @Nullable Boolean forcePositioning) {
  /// Everything as the namespace has it.
  public static final Overrides NONE = new Overrides(null, null, null, null, null);
}

package io.parley.auth.token;

/// What a token turned out to be.
///
/// @param <C> what a good one says
public sealed interface TokenCheck<C> {
  /// It is signed by a key that is believed here, and its time isn't over.
  record Valid<C>(C claims) implements TokenCheck<C> {}

  /// It was good, and its time is over: its owner may have a fresh one.
  record Expired<C>() implements TokenCheck<C> {}

  /// It is no good, and won't be.
  ///
  /// @param detail what is wrong with it, for the client's developer; shows nothing of the token
  record Invalid<C>(String detail) implements TokenCheck<C> {}

  /// The keys to check it with can't be had now, or too many tokens wait to be checked: its owner
  /// should come back later.
  record Unavailable<C>() implements TokenCheck<C> {}
}

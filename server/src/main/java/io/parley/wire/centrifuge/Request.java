package io.parley.wire.centrifuge;

/// A command with the number by which its answer is told from others.
///
/// @param id 0: there will be no answer
public record Request(long id, Command command) {}

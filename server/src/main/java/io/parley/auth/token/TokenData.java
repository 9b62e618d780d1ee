package io.parley.auth.token;

/// What the application's backend put into a token for others to read.
///
/// @param isJson whether it is a JSON value, on one line; else bytes, of which only he knows
/// @param bytes nobody writes to them
public record TokenData(boolean isJson, byte[] bytes) {}

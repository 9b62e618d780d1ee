package io.parley.log;

/// What a line of the log is.
public enum LogFormat {
  TEXT, JSON
}

package io.parley.config;

/// What the log looks like.
public record LogSettings(
    @Setting(value = "text", as = Format.LOG_FORMAT,
        doc = "`text` for people, `json` for machines: an object on each"
            + " line.") String format) {

  public boolean isJson() {
    return format.equals("json");
  }
}

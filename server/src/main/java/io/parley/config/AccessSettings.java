package io.parley.config;

import java.util.List;

/// Who may connect. Names and no tokens are for development and closed networks.
public record AccessSettings(
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether connections without a token are let in.") boolean anonymous,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether a name that a client claims (`?user=alice`)"
            + " is believed.") boolean claimedNames,
    @Setting(value = "", as = Format.ORIGINS,
        doc = "Pages of which origins may connect from a browser. None given: those that come from"
            + " the host that they connect to. `*`: all. A list, or one text with"
            + " commas.") List<String> origins) {

  public AccessSettings {
    origins = List.copyOf(origins);
  }
}

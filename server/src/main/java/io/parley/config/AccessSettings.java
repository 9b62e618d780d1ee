package io.parley.config;

/// Who may connect. Both are for development and closed networks.
public record AccessSettings(
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether connections without a token are let in.") boolean anonymous,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether a name that a client claims (`?user=alice`)"
            + " is believed.") boolean claimedNames) {}

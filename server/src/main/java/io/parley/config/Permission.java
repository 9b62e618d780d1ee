package io.parley.config;

import java.util.Locale;

/// Who may do something in the channels of a namespace.
public enum Permission {
  NOBODY("Nobody."),
  SUBSCRIBERS("Who is subscribed to the channel."),
  OWNERS("The users whom the channel names after its first `#`, with commas between them:"
      + " `inbox:#bob`, `call:#alice,bob`."),
  INVITED("Where the channel has a `#`, the same as `owners`: with no name behind it (`typing:#`),"
      + " nobody. Where it has none (`typing:lobby`), anyone."),
  USERS("Every user, but no guests."),
  ANYONE("Everybody who may connect, guests among them."),
  TOKEN("Who has a token that names the channel, which lets him subscribe. Tokens grant nothing"
      + " else, so for all other things: nobody.");

  private final String meaning;

  Permission(String meaning) {
    this.meaning = meaning;
  }

  /// How settings name it.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// A sentence that says who that is, as the documentation has it.
  public String meaning() {
    return meaning;
  }
}

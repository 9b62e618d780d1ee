package io.parley.rules;

import io.parley.channel.Channels;
import io.parley.channel.Retention;
import io.parley.config.NamespaceSettings;
import io.parley.config.Permission;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rules for all channels with one prefix. What a channel has is a switch (`presence`); who may
/// use it is a permission (`readPresence`).
///
/// An inbox is written in one way alone, by a direct message: that is also what puts the copy into
/// the sender's own inbox, and what makes the two halves one under an id. So `publish` is nobody
/// there, whatever the settings say, and what they say is `direct`. Elsewhere `direct` is nobody.
///
/// Immutable.
///
/// @param history what a channel keeps
/// @param resume whether clients that come back get what they missed; only with a history
/// @param presence whether it is known who is in a channel
/// @param joinLeave whether members are told who joins and leaves; only with presence
/// @param subscribe who may subscribe
/// @param publish who may publish into a channel by its name
/// @param direct who may send a direct message, which publishes into its receivers' inboxes
/// @param readHistory who may read what a channel keeps
/// @param readPresence who may ask who is in a channel
/// @param namePattern what a channel's name behind the colon must be as a whole; null: anything
public record Namespace(String name, Retention history, boolean resume, boolean presence,
    boolean joinLeave, Permission subscribe, Permission publish, Permission direct,
    Permission readHistory, Permission readPresence, @Nullable Pattern namePattern) {

  /// The namespace that settings describe.
  static Namespace of(String name, NamespaceSettings settings) {
    boolean isInbox = name.equals(Channels.INBOX);
    return new Namespace(name,
        settings.historySize() == 0
            ? Retention.NONE
            : new Retention(settings.historySize(), settings.historyTtl()),
        settings.resume(), settings.presence(), settings.joinLeave(), settings.subscribe(),
        isInbox ? Permission.NOBODY : settings.publish(),
        isInbox ? settings.publish() : Permission.NOBODY,
        settings.readHistory(), settings.readPresence(),
        settings.namePattern().isEmpty() ? null : Pattern.compile(settings.namePattern()));
  }

  /// The same, in which everybody may do everything. An inbox is written by direct messages still.
  Namespace opened() {
    boolean isInbox = name.equals(Channels.INBOX);
    return new Namespace(name, history, resume, presence, joinLeave, Permission.ANYONE,
        isInbox ? Permission.NOBODY : Permission.ANYONE,
        isInbox ? Permission.ANYONE : Permission.NOBODY, Permission.ANYONE, Permission.ANYONE,
        namePattern);
  }

  /// Whether its channels are one user's own each, as inboxes are. A node has many of them, and
  /// each has few readers: what costs something per channel is not worth it here.
  public boolean isPersonal() {
    return subscribe == Permission.OWNERS;
  }

  /// Whether a channel of this namespace may have the name that it has. The pattern may be slow, so
  /// this is asked when somebody subscribes, or publishes without being subscribed.
  public boolean admits(String channel) {
    return namePattern == null || namePattern.matcher(channel)
        .region(channel.indexOf(Rules.SEPARATOR) + 1, channel.length()).matches();
  }
}

package io.parley.config;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules for the channels of one namespace. The defaults at the components are those of a
/// namespace that Parley doesn't bring along: who makes a new one says whom he lets in.
public record NamespaceSettings(
    @Setting(value = "0", as = Format.WHOLE, min = "0", max = "100000",
        doc = "Messages that a channel keeps, the newest ones. 0: no history.") int historySize,
    @Setting(value = "7d", as = Format.DURATION, min = "1s", max = "365d",
        doc = "How long after its last message a channel's history is kept.") Duration historyTtl,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether clients that come back get what they missed.") boolean resume,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether it is known who is in a channel.") boolean presence,
    @Setting(value = "false", as = Format.SWITCH,
        doc = "Whether subscribers who ask for it are told who joins and leaves, if they may ask"
            + " who is there. (The plain protocol has no frame for it.)") boolean joinLeave,
    @Setting(value = "nobody", as = Format.SUBSCRIBE_PERMISSION,
        doc = "Who may subscribe to a channel, or join a room.") Permission subscribe,
    @Setting(value = "nobody", as = Format.PERMISSION,
        doc = "Who may publish. In `inbox`: who may send direct messages; nothing else gets into"
            + " an inbox.") Permission publish,
    @Setting(value = "nobody", as = Format.PERMISSION,
        doc = "Who may read the history.") Permission readHistory,
    @Setting(value = "nobody", as = Format.PERMISSION,
        doc = "Who may ask who is there.") Permission readPresence,
    @Setting(value = "", as = Format.PATTERN,
        doc = "What a channel's name, behind the colon, must look like as a whole: a regular"
            + " expression of Java's. None: any.") String namePattern) {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]{0,31}");

  /// What the namespaces that Parley brings along say otherwise than the defaults above.
  private static final Map<String, Map<String, String>> SHIPPED = shipped();

  /// The names of the namespaces that Parley brings along.
  public static Set<String> shippedNames() {
    return SHIPPED.keySet();
  }

  /// Whether a namespace may have this name. It never has a sign that would make its keys or its
  /// environment variables ambiguous.
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// The default of a key in a namespace, shipped or new.
  static String defaultText(String namespace, String key, Setting setting) {
    return SHIPPED.getOrDefault(namespace, Map.of()).getOrDefault(key, setting.value());
  }

  private static Map<String, Map<String, String>> shipped() {
    var room = Map.of("history-size", "1000", "resume", "true", "presence", "true", "join-leave",
        "true", "subscribe", "anyone", "publish", "anyone", "read-history", "anyone",
        "read-presence", "anyone");
    // One user's own: he knows who is there, and presence would cost a write for each connection.
    var own = Map.of("resume", "true", "subscribe", "owners", "publish", "owners", "read-history",
        "owners", "read-presence", "owners");
    var all = new LinkedHashMap<String, Map<String, String>>();
    all.put("room", room);
    all.put("inbox", but(own, Map.of("history-size", "1000", "publish", "anyone")));
    // They go with rooms and with talks of two, and who talks with whom is nobody else's business.
    var beside = but(room, Map.of("subscribe", "invited", "publish", "invited", "read-history",
        "invited", "read-presence", "invited"));
    all.put("typing", but(beside, Map.of("history-size", "0", "resume", "false")));
    all.put("receipts", but(beside, Map.of("history-size", "200")));
    all.put("me", but(own, Map.of("history-size", "1")));
    return Collections.unmodifiableMap(all);
  }

  private static Map<String, String> but(Map<String, String> others, Map<String, String> changes) {
    var both = new HashMap<>(others);
    both.putAll(changes);
    return Map.copyOf(both);
  }
}

package io.parley.rules;

import io.parley.config.NamespaceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All namespaces of a node. A channel's is the one named before its first colon; a channel without
/// a colon is in the namespace `default`, which there is only if the settings have it.
///
/// A publish asks for its namespace, so a look-up makes no garbage: names are told apart by their
/// length first, and of one length there are few.
///
/// Immutable.
public final class Rules {
  /// The namespace of the channels whose name has no colon.
  public static final String DEFAULT = "default";

  static final char SEPARATOR = ':';

  /// What a channel begins with that only a token opens; it is no part of the namespace's name.
  private static final char PRIVATE = '$';

  /// Whether everybody may do everything.
  private final boolean areOpen;

  /// By the length of the name.
  private final List<List<Namespace>> byLength;

  /// The rules that settings describe.
  ///
  /// @param namespaces by their names
  public Rules(Map<String, NamespaceSettings> namespaces) {
    this(namespaces, false);
  }

  /// The same, but perhaps everybody may do everything.
  public Rules(Map<String, NamespaceSettings> namespaces, boolean areOpen) {
    this.areOpen = areOpen;
    var lists = new ArrayList<List<Namespace>>();
    namespaces.forEach((name, settings) -> {
      while (lists.size() <= name.length()) {
        lists.add(new ArrayList<>());
      }
      lists.get(name.length()).add(areOpen
          ? Namespace.of(name, settings).opened()
          : Namespace.of(name, settings));
    });
    byLength = lists.stream().map(List::copyOf).toList();
  }

  /// The namespace of a channel; null if there is none, so that there can be no such channel.
  public @Nullable Namespace find(String channel) {
    int colon = channel.indexOf(SEPARATOR);
    if (colon < 0) {
      return named(DEFAULT, 0, DEFAULT.length());
    }
    int start = channel.charAt(0) == PRIVATE ? 1 : 0;
    return named(channel, start, colon - start);
  }

  /// Whether a channel is only for those who are subscribed to it, which takes a token.
  public boolean isClosed(String channel) {
    return !areOpen && !channel.isEmpty() && channel.charAt(0) == PRIVATE;
  }

  /// Whether everybody may do everything: for test suites alone.
  public boolean areOpen() {
    return areOpen;
  }

  /// Whether members of a channel may be told who joins and leaves. One in a namespace that this
  /// node doesn't know is another node's, which knows the namespace.
  public boolean tellsJoins(String channel) {
    var namespace = find(channel);
    return namespace == null || namespace.joinLeave();
  }

  /// The namespace whose name is a part of a text.
  private @Nullable Namespace named(String text, int start, int length) {
    if (length >= byLength.size()) {
      return null;
    }
    var some = byLength.get(length);
    for (int i = 0; i < some.size(); i++) {
      if (text.startsWith(some.get(i).name(), start)) {
        return some.get(i);
      }
    }
    return null;
  }
}

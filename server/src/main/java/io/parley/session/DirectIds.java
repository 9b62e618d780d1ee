package io.parley.session;

import io.parley.channel.Names;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedSet;
import java.util.stream.Collectors;

/// The ids of a direct message's publications, derived from the message's own id and its receivers,
/// so that the same id to other receivers is another message.
///
/// @param part the id in each receiver's inbox
/// @param copy the id in the sender's own inbox
record DirectIds(String part, String copy) {
  private static final int SPELLED_MAX = 200;

  static DirectIds of(SortedSet<String> receivers, String id) {
    // Escaped, they have neither commas nor colons, so different lists are spelled differently.
    var list = receivers.stream().map(Names::escaped).collect(Collectors.joining(","));
    var spelled = list.length() <= SPELLED_MAX ? list : digest(list);
    return new DirectIds("to:" + spelled + ":" + id, "copy:" + spelled + ":" + id);
  }

  private static String digest(String list) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(list.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}

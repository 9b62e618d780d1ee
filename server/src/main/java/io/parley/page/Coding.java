package io.parley.page;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A form that a file is kept in, smaller ones first.
enum Coding {
  BROTLI("br", ".br"),
  GZIP("gzip", ".gz"),
  IDENTITY("identity", "");

  private static final String ANY = "*";

  /// What stands for one that a client hasn't named, and for one that it has named badly.
  private static final double UNSAID = -1;
  private static final double REFUSED = 0;

  /// As HTTP calls it.
  final String token;

  /// What its files' names end with.
  final String ending;

  Coding(String token, String ending) {
    this.token = token;
    this.ending = ending;
  }

  /// The form that a client likes best (RFC 9110, section 12.5.3); the smaller one of two that it
  /// likes the same. A client that names none gets the file as it is, and so does one that wants
  /// nothing we have: a page it can't read tells it more than a refusal.
  ///
  /// @param accepted what it says, header by header; empty: nothing
  static Coding preferred(List<String> accepted, Set<Coding> kept) {
    var best = IDENTITY;
    double bestWeight = REFUSED;
    for (var coding : values()) {
      double weight = kept.contains(coding) ? coding.weight(accepted) : REFUSED;
      if (weight > bestWeight) {
        best = coding;
        bestWeight = weight;
      }
    }
    return best;
  }

  private double weight(List<String> accepted) {
    double own = UNSAID;
    double any = UNSAID;
    for (var value : accepted) {
      for (var element : value.split(",", -1)) {
        var parts = element.split(";", 2);
        var name = parts[0].strip().toLowerCase(Locale.ROOT);
        if (name.equals(token)) {
          own = quality(parts);
        } else if (name.equals(ANY)) {
          any = quality(parts);
        }
      }
    }
    if (own != UNSAID) {
      return own;
    }
    // The file as it is needs no word, so one that is said of all others comes before it.
    return any != UNSAID && this != IDENTITY ? any : REFUSED;
  }

  /// A weight as it stands behind a name: `;q=0.5`.
  private static double quality(String[] parts) {
    if (parts.length == 1) {
      return 1;
    }
    var weight = parts[1].strip().toLowerCase(Locale.ROOT);
    return weight.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")
        ? Double.parseDouble(weight.substring(2))
        : REFUSED;
  }
}

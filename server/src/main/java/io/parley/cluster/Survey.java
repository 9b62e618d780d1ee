package io.parley.cluster;

import java.util.List;

/// What the nodes of a cluster have answered. Immutable.
///
/// @param isWhole whether all have. One that hasn't in time is frozen or just dying, or its way to
/// Redis is
public record Survey(List<Told> answers, boolean isWhole) {
  public Survey {
    answers = List.copyOf(answers);
  }
}

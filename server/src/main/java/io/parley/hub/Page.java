package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.Publication;
import java.util.List;

/// A page of a channel's history.
///
/// @param top where the channel stands
/// @param publications oldest first, each with its position
public record Page(Position top, List<Publication> publications) {
  public Page {
    publications = List.copyOf(publications);
  }
}

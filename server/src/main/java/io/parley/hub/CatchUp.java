package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.history.Ring;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a feed has while something has to be read for it: who waits for that, and what came live
/// meanwhile. Few feeds have one, so that the others stay small.
///
/// Confined to its feed loop.
final class CatchUp {
  /// What a publication takes beside its data, roughly.
  private static final int OVERHEAD_BYTES = 200;

  private static final int EVENTS_MAX = 256;

  private static final long PAUSE_MILLIS = 250;
  private static final int PAUSE_DOUBLINGS_MAX = 4;

  /// Whether live publications wait until the hole before them is filled. Otherwise the feed goes
  /// on while it reads.
  boolean isHolding;

  /// Whether the broker was asked, and hasn't answered.
  boolean isReading;

  /// Whether the feed didn't know where it stood when the broker was asked.
  boolean wasUnplaced;

  /// How many reads in a row have failed, and whether the next one waits because of that.
  int failures;
  boolean isPausing;

  /// Whether what was read last didn't reach down to where the feed stands: then that has to be
  /// read before anything else.
  boolean mustHeal;

  /// Whether live publications were dropped, since there were too many: they have to be read, too.
  boolean hasDropped;

  /// Live publications that wait, in the order in which they came.
  final ArrayDeque<Publication> held = new ArrayDeque<>(4);
  long heldBytes;

  /// Joins and leaves that wait for the publications before them, in the order in which they came.
  private final ArrayDeque<PresenceEvent> events = new ArrayDeque<>(0);

  /// Who waits for the read that is under way, or the next one if none is.
  List<Subscription> resuming = new ArrayList<>(1);

  /// Who came while it was under way: what they know may be newer than what it tells.
  List<Subscription> late = new ArrayList<>(0);

  /// Who else waits for the newest publications; they get null if these couldn't be read.
  List<Consumer<@Nullable Ring>> askers = new ArrayList<>(0);
  List<Consumer<@Nullable Ring>> lateAskers = new ArrayList<>(0);

  /// Members who want to be told where the feed stands.
  final SequencedSet<Subscription> unplaced = LinkedHashSet.newLinkedHashSet(0);

  /// The first publication that came live and was held, perhaps dropped since; null: none was.
  @Nullable
  Position firstHeld;

  /// Somebody who is to be served from what is read.
  void await(Subscription subscription) {
    (isReading ? late : resuming).add(subscription);
  }

  void ask(Consumer<@Nullable Ring> asker) {
    (isReading ? lateAskers : askers).add(asker);
  }

  List<Consumer<@Nullable Ring>> takeAskers() {
    var taken = askers;
    askers = new ArrayList<>(0);
    return taken;
  }

  /// Tells those who asked for what can't be read.
  void refuseAskers() {
    var refused = takeAskers();
    refused.addAll(lateAskers);
    lateAskers = new ArrayList<>(0);
    refused.forEach(asker -> asker.accept(null));
  }

  /// Takes everybody who waits for the read that has just ended.
  List<Subscription> takeResuming() {
    var taken = resuming;
    resuming = new ArrayList<>(0);
    return taken;
  }

  /// The same with those who came meanwhile, once all is known that they may know.
  List<Subscription> takeAllResuming() {
    var taken = takeResuming();
    taken.addAll(late);
    late = new ArrayList<>(0);
    return taken;
  }

  /// Who was taken, and has to wait for another read.
  void putBack(List<Subscription> unserved) {
    resuming.addAll(unserved);
  }

  /// Counts a failed read.
  ///
  /// @return how long to wait before the next one: the more in a row, the longer
  long nextPauseMillis() {
    return PAUSE_MILLIS << Math.min(failures++, PAUSE_DOUBLINGS_MAX);
  }

  /// Keeps a live publication for later, if there is room.
  ///
  /// @return whether there was
  boolean hold(Publication publication, long mostBytes) {
    firstHeld = firstHeld == null ? publication.position() : firstHeld;
    heldBytes += publication.data().length + OVERHEAD_BYTES;
    if (heldBytes > mostBytes) {
      held.clear();
      heldBytes = 0;
      hasDropped = true;
      return false;
    }
    held.add(publication);
    return true;
  }

  /// Keeps an event for later, if there is room; if not, drops all of them.
  boolean hold(PresenceEvent event) {
    if (events.size() >= EVENTS_MAX) {
      events.clear();
      return false;
    }
    events.add(event);
    return true;
  }

  /// Takes the events that happened no later than at an offset.
  List<PresenceEvent> takeEvents(long epoch, long offset) {
    if (events.isEmpty()) {
      return List.of();
    }
    var taken = new ArrayList<PresenceEvent>();
    while (!events.isEmpty() && !events.peek().isBehind(epoch, offset)) {
      taken.add(events.remove());
    }
    return taken;
  }

  /// Whether somebody waits for publications, not only for a position.
  boolean wantsMore() {
    return !askers.isEmpty() || resuming.stream()
        .anyMatch(one -> !one.hasLeft && one.start instanceof Start.After);
  }

  /// Forgets those who have left, once they are most of those who wait.
  void prune(int arriving) {
    if (resuming.size() + late.size() > 2 * arriving + 8) {
      resuming.removeIf(one -> one.hasLeft);
      late.removeIf(one -> one.hasLeft);
    }
  }

  boolean hasNobodyWaiting() {
    return unplaced.isEmpty() && resuming.isEmpty() && late.isEmpty() && askers.isEmpty()
        && lateAskers.isEmpty();
  }
}

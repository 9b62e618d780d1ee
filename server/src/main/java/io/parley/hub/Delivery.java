package io.parley.hub;

import io.parley.channel.Position;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.Encoding;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.FrameWriter;
import io.parley.encoding.Frames;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a feed hands to a shard. All of it goes through one FIFO queue, so that a subscriber's
/// reply can't be overtaken by a later publication.
sealed interface Delivery {
  String channel();

  /// A subscriber becomes a member.
  ///
  /// @param missed what he gets before everything else; null: nothing
  record Joined(Subscription subscription, Entry entry, @Nullable Missed missed)
      implements
        Delivery {
    @Override
    public String channel() {
      return subscription.channel();
    }
  }

  /// A member is told where he is.
  record Placed(Subscription subscription, Entry entry) implements Delivery {
    @Override
    public String channel() {
      return subscription.channel();
    }
  }

  /// What a subscriber missed, in his encoding.
  ///
  /// @param end what comes live stands behind it
  record Missed(Frames frames, int publications, Position end) {}

  /// Publications were missed and can't be had.
  ///
  /// @param position what follows stands behind it; null where there is no history
  record Lost(String channel, @Nullable Position position) implements Delivery {}

  /// The channel goes on in another epoch, and nothing was missed.
  ///
  /// @param position what follows stands behind it; null where that isn't known, since something is
  ///   still to be made up for
  record Moved(String channel, @Nullable Position position) implements Delivery {}

  /// Who is in the channel has changed. It is for those members who want to know.
  record Present(String channel, PresenceEvent event) implements Delivery {}

  /// Publications that follow each other, encoded one behind the other. The feed loop fills it
  /// during a tick; once it is sealed it is shared by all shards and never changes.
  final class Run implements Delivery {
    private static final Logger LOG = System.getLogger(Run.class.getName());

    private final String channel;
    private final List<Encoding> encodings;

    /// The client whose own publication this is and who doesn't get it; null: everybody gets it.
    final @Nullable UUID hiddenFrom;

    /// Whether it goes to one shard that had missed it. The feed loop's.
    boolean makesUp;

    /// The offset before that of its first publication; 0 where there is no history.
    private final long before;

    /// By encoding's index; null where no member needs it. Null as a whole once sealed.
    private FrameWriter @Nullable [] writers;
    private @Nullable Frames[] frames = {};
    private int bytes;
    private int publications;

    Run(String channel, List<Encoding> encodings, int used, @Nullable UUID hiddenFrom, long before,
        int size) {
      this.channel = channel;
      this.encodings = encodings;
      this.hiddenFrom = hiddenFrom;
      this.before = before;
      var open = new FrameWriter[32 - Integer.numberOfLeadingZeros(used)];
      for (int i = 0; i < open.length; i++) {
        if ((used & 1 << i) != 0) {
          open[i] = new FrameWriter(encodings.get(i), size);
        }
      }
      writers = open;
    }

    /// @param bytes of the runs that it is made of, encodings that it leaves out among them
    private Run(
        String channel, List<Encoding> encodings, @Nullable Frames[] frames, long before,
        int bytes, int publications) {
      this.channel = channel;
      this.encodings = encodings;
      this.hiddenFrom = null;
      this.before = before;
      this.frames = frames;
      this.bytes = bytes;
      this.publications = publications;
    }

    /// Whether it can be part of a larger run: it is for everybody.
    boolean canBeMerged() {
      return hiddenFrom == null;
    }

    /// Sealed runs of one channel, one behind the other. An encoding that isn't in all of them is
    /// in none of their members' use on this shard: whoever brought it in joined after the last
    /// run.
    static Run merged(List<Run> runs) {
      var first = runs.getFirst();
      var merged = new @Nullable Frames[first.frames.length];
      for (int i = 0; i < merged.length; i++) {
        int encoding = i;
        if (runs.stream().allMatch(run -> run.has(encoding))) {
          merged[i] = Frames.joined(runs.stream().map(run -> run.frames(encoding)).toList());
        }
      }
      int bytes = runs.stream().mapToInt(Run::bytes).sum();
      int publications = runs.stream().mapToInt(Run::publications).sum();
      return new Run(first.channel, first.encodings, merged, first.before, bytes, publications);
    }

    private boolean has(int encoding) {
      return encoding < frames.length && frames[encoding] != null;
    }

    void append(Publication publication) {
      if (writers == null) {
        throw new IllegalStateException("run of " + channel + ": sealed (expected: open)");
      }
      publications++;
      for (var writer : writers) {
        if (writer != null) {
          try {
            writer.append(channel, publication);
          } catch (RuntimeException bug) {
            onUnencodable(channel, bug);
          }
        }
      }
    }

    /// What can't be encoded is left out: it came from another node, and must not end this one's
    /// feeds.
    static void encodeMissed(
        Encoding encoding, boolean isInFrames, String channel, Publication publication,
        FrameBuffer out) {
      int mark = out.length();
      try {
        if (isInFrames) {
          encoding.encode(channel, publication, out);
        } else {
          encoding.encodeMissed(channel, publication, out);
        }
      } catch (RuntimeException bug) {
        out.length(mark);
        onUnencodable(channel, bug);
      }
    }

    private static void onUnencodable(String channel, RuntimeException bug) {
      LOG.log(Level.ERROR, "publication in " + channel + " dropped: can't be encoded", bug);
    }

    void seal() {
      if (writers == null) {
        return;
      }
      frames = new Frames[writers.length];
      for (int i = 0; i < writers.length; i++) {
        if (writers[i] != null) {
          var made = writers[i].finish();
          frames[i] = made;
          bytes += made.length();
        }
      }
      writers = null;
    }

    Frames frames(int encoding) {
      var made = frames[encoding];
      if (made == null) {
        throw new IllegalStateException(
            "run of " + channel + ": no encoding " + encoding + " (expected: the feed's)");
      }
      return made;
    }

    /// The size of all its frames; 0 until sealed.
    int bytes() {
      return bytes;
    }

    /// The offset before that of its first publication; 0 where there is no history.
    long before() {
      return before;
    }

    /// How many publications it is made of.
    int publications() {
      return publications;
    }

    @Override
    public String channel() {
      return channel;
    }
  }
}

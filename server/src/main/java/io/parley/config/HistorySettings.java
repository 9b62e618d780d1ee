package io.parley.config;

import java.time.Duration;

/// How a node reads and holds what channels keep; how much they keep is a namespace's to say.
public record HistorySettings(
    @Setting(value = "0", as = Format.BYTES, min = "0", max = "64GiB",
        doc = "What the newest messages that feeds keep at hand, of all channels together, may take"
            + " of the memory. Beyond: the oldest ones are read from Redis again when somebody"
            + " asks. 0: an eighth of the largest heap.") long ringBytes,
    @Setting(value = "0", as = Format.BYTES, min = "0", max = "64GiB",
        doc = "What channels keep, all together, on a node without Redis. Beyond: what is oldest in"
            + " the channel that was silent for the longest time goes. 0: an eighth of the largest"
            + " heap.") long memoryBytes,
    @Setting(value = "1000", as = Format.WHOLE, min = "1", max = "10000",
        doc = "Messages in one answer of history. Beyond: the answer has so many.") int page,
    @Setting(value = "8", as = Format.WHOLE, min = "1", max = "1000",
        doc = "Requests of history, and of who is there, that a connection may have without an"
            + " answer. Beyond:"
            + " error 106.") int requests,
    @Setting(value = "1MiB", as = Format.BYTES, min = "1KiB", max = "256MiB",
        doc = "Live messages that wait in a feed while it reads what it missed. Beyond: dropped and"
            + " read again.") int healingBytes,
    @Setting(value = "60s", as = Format.DURATION, min = "100ms", max = "1h",
        doc = "How often the position of a silent channel is compared with that in"
            + " Redis, from the second time on. One user's own channels and inboxes come only"
            + " every tenth time.") Duration checkInterval) {
  private static final int RING_SHARE = 8;
  private static final int MEMORY_SHARE = 8;

  public HistorySettings {
    ringBytes = ringBytes == 0 ? LimitSettings.heapBytes(RING_SHARE) : ringBytes;
    memoryBytes = memoryBytes == 0 ? LimitSettings.heapBytes(MEMORY_SHARE) : memoryBytes;
  }
}

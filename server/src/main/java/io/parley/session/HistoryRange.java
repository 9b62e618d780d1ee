package io.parley.session;

import org.jspecify.annotations.Nullable;

/// Which old publications of a channel somebody wants to see.
///
/// @param limit how many at most; 0: none, but only where the channel stands; negative: as many as
///   the settings allow, as if more were asked for than they do
/// @param since the offset next to which they begin, itself not among them; null: at an end
/// @param reverse the newest first, backwards; or else the oldest first, forwards
public record HistoryRange(int limit, @Nullable Long since, boolean reverse) {}

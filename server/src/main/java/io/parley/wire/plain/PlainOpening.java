package io.parley.wire.plain;

import io.parley.channel.Position;
import io.parley.encoding.Encoding;
import io.parley.hub.Shard;
import io.parley.session.SessionContext;
import org.jspecify.annotations.Nullable;

/// What a connection's session starts from, once it is known whose it is.
///
/// @param encoding how publications are shown
/// @param since the position from which to go on in the room; null: from now on
/// @param inboxSince the same for the inbox
record PlainOpening(
    SessionContext context, Shard shard, Encoding encoding, @Nullable Position since,
    @Nullable Position inboxSince) {}

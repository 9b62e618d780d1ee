package io.parley.session;

import java.util.UUID;

/// Who a connection is.
///
/// @param user the user; several connections may share one
/// @param client this connection, and no other
/// @param isGuest whether the user is nobody in particular: a name for this connection alone
public record Identity(String user, UUID client, boolean isGuest) {}

package io.parley.session;

import java.util.UUID;

/// Who a connection is.
///
/// @param user the user; several connections may share one
/// @param client this connection, and no other
public record Identity(String user, UUID client) {}

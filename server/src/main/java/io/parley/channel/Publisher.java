package io.parley.channel;

import java.util.UUID;

/// Who published: the user, and the one connection (client) of his that sent it.
public record Publisher(String user, UUID client) {}

package io.parley.metric;

/// Every metric of a node, but for the JVM's own. The names are Micrometer's; `/metrics` shows them
/// as Prometheus does (`parley.messages.in` as `parley_messages_in_total`), and docs/operations.md
/// lists them: a test holds the two against each other.
///
/// Every series is there from the start, with 0, so that its first change is seen as one.
public enum Metric {
  READY(Kind.GAUGE, "parley.ready", "1 while clients may be sent to this node, else 0"),
  CONNECTIONS(Kind.GAUGE, "parley.connections", "WebSockets that are open"),
  CHANNELS(Kind.GAUGE, "parley.channels", "channels that clients of this node are in"),
  ACCEPTED(Kind.COUNTER, "parley.accepted", "TCP connections of clients"),
  HTTP_ANSWERS(Kind.COUNTER, "parley.http.answers",
      "answers to clients' requests, by status; 101 is a WebSocket, 200 the page or a"
          + " stream",
      "status"),
  CLOSES(Kind.COUNTER, "parley.closes",
      "WebSockets that have ended: by the close code that the node sent, `client` (it asked"
          + " for it), or `gone` (no goodbye)",
      "code"),
  MESSAGES_IN(Kind.COUNTER, "parley.messages.in", "messages from clients"),
  MESSAGES_OUT(Kind.COUNTER, "parley.messages.out",
      "messages queued for clients: publications, for each who gets them, and answers"),
  RECEIVED(Kind.COUNTER, "parley.received", "bytes from WebSockets", Unit.BYTES),
  SENT(Kind.COUNTER, "parley.sent", "bytes that WebSockets took", Unit.BYTES),
  WRITES(Kind.COUNTER, "parley.writes", "writes to WebSockets"),
  PUBLISHES(Kind.COUNTER, "parley.publishes",
      "publishes to the broker, by outcome: `stored`, `id_conflict`, `refused`, `unknown`",
      "outcome"),
  REFUSALS(Kind.COUNTER, "parley.refusals", "commands answered with an error, by its code",
      "code"),
  LIMIT_HITS(Kind.COUNTER, "parley.limit.hits",
      "how often somebody ran into a limit, by its key in the settings", "limit"),
  HOLES(Kind.COUNTER, "parley.holes",
      "times that a feed noticed that publications of its channel were missing"),
  RECOVERIES(Kind.COUNTER, "parley.recoveries",
      "clients that wanted to go on from where they were: `recovered`, or `lost` (what they missed"
          + " can't be had, or is too much)",
      "outcome"),
  RING_BYTES(Kind.GAUGE, "parley.ring", "bytes of publications that feeds keep at hand",
      Unit.BYTES),
  HISTORY_READS(Kind.COUNTER, "parley.history.reads", "reads of history and positions from Redis"),
  LOST(Kind.COUNTER, "parley.lost", "holes in channels that members of a shard were told of"),
  BUGS(Kind.COUNTER, "parley.bugs", "errors of ours; the log has each, please report them"),
  INBOUND_BYTES(Kind.GAUGE, "parley.inbound",
      "bytes that messages take which clients have begun to send", Unit.BYTES),
  OUTBOX_BYTES(Kind.GAUGE, "parley.outbox.bytes",
      "bytes that is taken by what waits for sockets that are full; what many wait for is"
          + " counted for each",
      Unit.BYTES),
  OUTBOX_HIGHEST(Kind.GAUGE, "parley.outbox.highest",
      "the most that was queued for one socket in the last minute or two", Unit.BYTES),
  SHARD_QUEUE_BYTES(Kind.GAUGE, "parley.shard.queue", "bytes between feeds and shards",
      Unit.BYTES),
  SHARD_QUEUE_HIGHEST(Kind.GAUGE, "parley.shard.queue.highest",
      "the most that was between the feeds and one shard in the last minute or two", Unit.BYTES),
  REDIS_QUEUE_BYTES(Kind.GAUGE, "parley.redis.queue", "bytes of publishes that wait for Redis",
      Unit.BYTES),
  REDIS_QUEUE_HIGHEST(Kind.GAUGE, "parley.redis.queue.highest",
      "the most of them in the last minute or two", Unit.BYTES),
  REDIS_CONNECTED(Kind.GAUGE, "parley.redis.connected",
      "1 while the connection to Redis is usable, else 0; by what it is for", "role"),
  REDIS_LOST(Kind.COUNTER, "parley.redis.lost",
      "connections to Redis that broke or were given up", "role"),
  REDIS_ROUND_TRIP(Kind.TIMER, "parley.redis.round.trip",
      "from a publish or read to Redis' answer; one is timed of those that leave together"),
  PRESENCE_MEMBERS(Kind.GAUGE, "parley.presence.members",
      "clients of this node in channels with presence: one is counted for each of its channels"),
  PRESENCE_CHANGES(Kind.COUNTER, "parley.presence.changes",
      "joins and leaves of this node's clients, in channels with presence"),
  LEASE_LOST(Kind.COUNTER, "parley.cluster.lease.lost",
      "how often the node was taken for dead, and took a new id"),
  NODES_SWEPT(Kind.COUNTER, "parley.cluster.swept", "dead nodes that this one cleared up behind"),
  LOOP_DELAY(Kind.TIMER, "parley.loop.delay",
      "how late an event loop comes to a task that is due; by the loops' name", "loops"),
  API_REQUESTS(Kind.COUNTER, "parley.api.requests",
      "requests to the server API, by method and by outcome: `ok`, the error's code, or the HTTP"
          + " status of a request that was none (400, 401, 404, 405, 413). The parts of a `batch`"
          + " count, too",
      "method,outcome"),
  API_KEYS(Kind.COUNTER, "parley.api.keys",
      "HTTP requests to the server API by the name of the key; `none`: it had no good one", "key"),
  TLS_REFUSED(Kind.COUNTER, "parley.tls.refused",
      "connections that were ended for their TLS: `handshake` (none that the node can take, or"
          + " too late), `renegotiation`, `records` (too many with nothing in them)",
      "reason"),
  TLS_LOADS(Kind.COUNTER, "parley.tls.loads",
      "times that new files of TLS were seen, by outcome: `used`, or `refused` (the certificate"
          + " from before stays)",
      "outcome"),
  TLS_EXPIRES(Kind.GAUGE, "parley.tls.expires.timestamp.seconds",
      "when the certificate that new connections get ends, in seconds since 1970; 0: no TLS"),
  COMPRESSIONS(Kind.COUNTER, "parley.compressions",
      "publications that were compressed: once for each way of showing them, not for each client"),
  TOKEN_CHECKS(Kind.COUNTER, "parley.token.checks",
      "tokens that were looked at, by outcome: `valid`, `expired`, `invalid`, `unavailable` (the"
          + " keys couldn't be had)",
      "outcome"),
  JWKS_FETCHES(Kind.COUNTER, "parley.token.jwks.fetches",
      "fetches of the keys at `token.jwks-url`, by outcome: `loaded`, `failed`", "outcome"),
  SOCKETS(Kind.GAUGE, "parley.sockets",
      "TCP connections of clients that are open, WebSockets or not"),
  ACCEPT_FAILURES(Kind.COUNTER, "parley.accept.failures",
      "how often accepting clients failed, most likely for lack of file descriptors"),
  ARRIVALS_CUT(Kind.COUNTER, "parley.arrivals.cut",
      "clients cut before they had a WebSocket, without an answer: the node was `full`, their"
          + " `address` had too many connections, `timeout`, or `garbage` where HTTP can't answer",
      "reason");

  /// How it behaves.
  enum Kind {
    COUNTER, GAUGE, TIMER
  }

  /// In what it is counted, where that isn't things or seconds.
  enum Unit {
    BYTES
  }

  private final Kind kind;
  private final String id;
  private final String description;
  private final boolean isBytes;
  private final String label;

  Metric(Kind kind, String id, String description) {
    this(kind, id, description, "");
  }

  Metric(Kind kind, String id, String description, String label) {
    this.kind = kind;
    this.id = id;
    this.description = description;
    this.isBytes = false;
    this.label = label;
  }

  Metric(Kind kind, String id, String description, Unit unit) {
    this.kind = kind;
    this.id = id;
    this.description = description;
    this.isBytes = unit == Unit.BYTES;
    this.label = "";
  }

  Kind kind() {
    return kind;
  }

  String id() {
    return id;
  }

  String description() {
    return description;
  }

  boolean isBytes() {
    return isBytes;
  }

  /// What tells its series apart, with commas between if it is several things; empty: there is one
  /// series.
  String label() {
    return label;
  }
}

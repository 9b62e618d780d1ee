package io.parley.wire.centrifuge;

import io.parley.broker.PublishOutcome.Stored;
import io.parley.channel.InvalidNameException;
import io.parley.channel.Names;
import io.parley.encoding.FrameBuffer;
import io.parley.payload.Addressed;
import io.parley.payload.InvalidPayloadException;
import io.parley.session.ErrorCode;
import io.parley.session.Session;
import io.parley.session.SessionContext;
import java.util.Arrays;

/// The procedures that clients may call: what chat needs, and the protocol has no command for.
///
/// Confined to the connection's loop.
final class Rpcs {
  private final CentrifugeWire wire;
  private final Session session;
  private final SessionContext context;
  private final Subscribing subscribing;

  Rpcs(CentrifugeWire wire, Session session, SessionContext context, Subscribing subscribing) {
    this.wire = wire;
    this.session = session;
    this.context = context;
    this.subscribing = subscribing;
  }

  void run(long id, Command.Rpc command) {
    try {
      switch (command.method()) {
        case "direct" -> direct(id, RpcArguments.of(command.data(), context.payloads()));
        case "publish" -> publish(id, RpcArguments.of(command.data(), context.payloads()));
        case "whoami" -> whoAmI(id);
        default -> wire.fail(id, unknown(),
            "'" + command.method() + "' (expected: direct, publish or whoami)");
      }
    } catch (MalformedException | InvalidNameException bad) {
      wire.fail(id, ErrorCode.BAD_REQUEST, String.valueOf(bad.getMessage()));
    } catch (InvalidPayloadException bad) {
      wire.fail(id, ErrorCode.BAD_REQUEST, "data: " + bad.getMessage());
    }
  }

  /// What test suites of SDKs expect is a server without any procedure.
  private ErrorCode unknown() {
    return context.rules().areOpen() ? ErrorCode.NOT_AVAILABLE : ErrorCode.METHOD_NOT_FOUND;
  }

  /// A message into users' inboxes, in the form in which the plain protocol has them.
  private void direct(long id, RpcArguments arguments)
      throws MalformedException, InvalidPayloadException, InvalidNameException {
    var data = arguments.data();
    if (arguments.to().isEmpty() || data == null) {
      throw new MalformedException("to, or data: none (expected: both)");
    }
    for (var receiver : arguments.to()) {
      Names.checkUser(receiver);
    }
    var message = Addressed.to(
        arguments.to(), context.payloads().read(data), data, arguments.id());
    var code = session.direct(arguments.to(), message, arguments.id(),
        outcome -> subscribing.onOutcome(id, outcome, stored -> stored(id, stored)));
    if (code != null) {
      wire.fail(id, code, "");
    }
  }

  private void publish(long id, RpcArguments arguments) throws MalformedException {
    if (arguments.channel().isEmpty() || arguments.data() == null) {
      throw new MalformedException("channel, or data: none (expected: both)");
    }
    subscribing.publish(id, arguments.channel(), arguments.data(), arguments.id(),
        stored -> stored(id, stored));
  }

  private void stored(long id, Stored stored) {
    var out = new FrameBuffer(64).put('{');
    var position = stored.position();
    if (position != null) {
      out.ascii("\"offset\":").ascii(Long.toString(position.offset())).ascii(",\"epoch\":\"")
          .ascii(position.epochText()).put('"');
    }
    answer(id, out.put('}'));
  }

  private void whoAmI(long id) {
    answer(id, new FrameBuffer(96).ascii("{\"user\":").jsonString(session.user())
        .ascii(",\"client\":\"").ascii(session.client().toString()).ascii("\",\"node\":")
        .jsonString(session.node()).put('}'));
  }

  private void answer(long id, FrameBuffer data) {
    wire.answer(id, new Answer.Rpc(Arrays.copyOf(data.array(), data.length())));
  }
}

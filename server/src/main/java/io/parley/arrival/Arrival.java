package io.parley.arrival;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import io.parley.arrival.Admission.Cut;
import io.parley.arrival.Admission.Verdict;
import io.parley.arrival.Handshake.Refusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// A client's socket on its way to a WebSocket: where it comes from, whether it is one too many,
/// and how long it may take. Of one that has become a WebSocket it keeps the place among those of
/// the same address, until the socket is closed.
///
/// Confined to the socket's loop.
public final class Arrival implements ChannelFutureListener {
  /// Set on a socket that is one too many for the node.
  static final AttributeKey<Boolean> IS_TOO_MANY = AttributeKey.valueOf(Arrival.class,
      "isTooMany");

  private final Channel channel;
  private final Arrivals arrivals;
  long dueNanos;

  /// The address whose place this takes; null while none is known that counts.
  private @Nullable InetAddress counted;

  /// Why it isn't served, whatever it asks for; null if it is.
  private @Nullable Refusal refusal;
  private boolean isAnswered;

  /// Whether it was cut; the channel may take a while to tell.
  private boolean isCut;

  Arrival(Channel channel, Arrivals arrivals, long dueNanos) {
    this.channel = channel;
    this.arrivals = arrivals;
    this.dueNanos = dueNanos;
    if (channel.hasAttr(IS_TOO_MANY)) {
      refusal = arrivals.admission().full();
    }
  }

  /// Takes the place that the socket's other end is due, unless that may speak for others.
  void onAccepted() {
    if (channel.remoteAddress() instanceof InetSocketAddress peer) {
      count(peer.getAddress());
    }
  }

  /// Where the client really is. Its request is needed to say so, because a proxy writes it there.
  ///
  /// @return null if it was cut: it is one of too many, and isn't even told so
  public @Nullable InetAddress onRequest(HttpRequest request) {
    var address = arrivals.admission().trust().of(channel, request);
    if (counted == null) {
      count(address);
    }
    return isCut ? null : address;
  }

  private void count(InetAddress address) {
    var admission = arrivals.admission();
    if (admission.trust().isTrusted(address)) {
      // Of many clients, most likely, and it has not said yet of which.
      return;
    }
    var verdict = admission.onClient(address);
    if (verdict == Verdict.CUT) {
      admission.onCut(Cut.ADDRESS, () -> "client cut: " + admission.tooManyOfAddress().detail()
          + ", client " + address.getHostAddress());
      isCut = true;
      channel.close();
      return;
    }
    counted = address;
    if (verdict == Verdict.TOLD && refusal == null) {
      refusal = admission.tooManyOfAddress();
    }
  }

  /// Why the client isn't served, whatever it asks for; null if it is.
  public @Nullable Refusal refusal() {
    return refusal;
  }

  /// The client has taken a part of its answer, so it has the same time again for the next.
  public void onPartTaken() {
    arrivals.renew(this);
  }

  /// The client has its answer, and it is no WebSocket. What is left of its time is for reading it.
  public void onAnswered() {
    isAnswered = true;
  }

  /// It has become a WebSocket.
  public void onUpgraded() {
    arrivals.remove(this);
  }

  /// Its time is over.
  void onDue() {
    if (isAnswered) {
      channel.close();
    } else {
      arrivals.admission().onTimeout();
      arrivals.late(channel);
    }
  }

  /// The node doesn't wait any longer.
  void abort() {
    channel.close();
  }

  /// Cuts the client without an answer, because its time is over.
  public void cutLate() {
    cut(Cut.TIMEOUT, "no WebSocket in time");
  }

  /// Cuts the client without an answer, because what it sends has none.
  ///
  /// @param text what was wrong, in our own words: theirs may have a token in them
  public void cutGarbage(String text) {
    cut(Cut.GARBAGE, text);
  }

  private void cut(Cut why, String text) {
    arrivals.admission().onCut(why, () -> "client cut: " + text + ", client "
        + ClientAddress.beforeRequest(channel));
    channel.close();
  }

  /// The socket is closed.
  @Override
  public void operationComplete(ChannelFuture closed) {
    arrivals.remove(this);
    if (counted != null) {
      arrivals.admission().onGone(counted);
      counted = null;
    }
  }
}

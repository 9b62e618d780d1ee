package io.parley.wire.centrifuge.protobuf;

import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.PresenceEvent;
import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;
import java.util.Map;

/// How clients see publications as Protobuf: several of one tick in a frame, each with its length
/// before it. Lengths are counted before anything is written, and no message is made.
///
/// Immutable.
enum ProtobufEncoder implements PublicationEncoder {
  PROTOBUF;

  private static final int UUID_CHARACTERS = 36;

  @Override
  public void encode(String channel, Publication publication, FrameBuffer out) {
    int size = size(publication);
    int push = Fields.sizeOf(channel) + Fields.sizeOf(size);
    Fields.putVarint(Fields.sizeOf(push), out);
    Fields.begin(Messages.Reply.PUSH_FIELD_NUMBER, push, out);
    Fields.put(Messages.Push.CHANNEL_FIELD_NUMBER, channel, out);
    Fields.begin(Messages.Push.PUB_FIELD_NUMBER, size, out);
    put(publication, out);
  }

  /// As one more of the answer's publications, which is what stands behind each other.
  @Override
  public void encodeMissed(String channel, Publication publication, FrameBuffer out) {
    put(Messages.SubscribeResult.PUBLICATIONS_FIELD_NUMBER, publication, out);
  }

  @Override
  public boolean isPartOfAnswer() {
    return true;
  }

  @Override
  public Sharing sharing() {
    return Sharing.SIMPLY;
  }

  /// Puts a publication as a field.
  static void put(int field, Publication publication, FrameBuffer out) {
    put(publication, Fields.begin(field, size(publication), out));
  }

  private static int size(Publication publication) {
    int size = Fields.sizeOf(sizeOfData(publication));
    var publisher = publication.publisher();
    if (publisher != null) {
      size += Fields.sizeOf(size(publisher));
    }
    var position = publication.position();
    if (position != null) {
      size += Fields.sizeOfNumber(position.offset());
    }
    for (var tag : publication.tags().entrySet()) {
      size += Fields.sizeOf(size(tag));
    }
    return size;
  }

  private static void put(Publication publication, FrameBuffer out) {
    Fields.begin(Messages.Publication.DATA_FIELD_NUMBER, sizeOfData(publication), out);
    if (publication.content() == Content.TEXT) {
      out.jsonString(publication.data());
    } else {
      out.put(publication.data());
    }
    var publisher = publication.publisher();
    if (publisher != null) {
      put(publisher,
          Fields.begin(Messages.Publication.INFO_FIELD_NUMBER, size(publisher), out));
    }
    var position = publication.position();
    if (position != null) {
      Fields.putNumber(Messages.Publication.OFFSET_FIELD_NUMBER, position.offset(), out);
    }
    for (var tag : publication.tags().entrySet()) {
      Fields.begin(Messages.Publication.TAGS_FIELD_NUMBER, size(tag), out);
      Fields.put(1, tag.getKey(), out);
      Fields.put(2, tag.getValue(), out);
    }
  }

  /// Text goes as a JSON string, so that the client needn't be told what is JSON and what isn't.
  private static int sizeOfData(Publication publication) {
    return publication.content() == Content.TEXT
        ? FrameBuffer.jsonStringLength(publication.data())
        : publication.data().length;
  }

  private static int size(Map.Entry<String, String> tag) {
    return Fields.sizeOf(tag.getKey()) + Fields.sizeOf(tag.getValue());
  }

  private static int size(ClientInfo client) {
    int size = client.user().isEmpty() ? 0 : Fields.sizeOf(client.user());
    if (isKnown(client)) {
      size += Fields.sizeOf(UUID_CHARACTERS);
    }
    var connInfo = client.connInfo();
    if (connInfo != null) {
      size += Fields.sizeOf(connInfo.length);
    }
    var chanInfo = client.chanInfo();
    return chanInfo == null ? size : size + Fields.sizeOf(chanInfo.length);
  }

  private static void put(ClientInfo client, FrameBuffer out) {
    if (!client.user().isEmpty()) {
      Fields.put(Messages.ClientInfo.USER_FIELD_NUMBER, client.user(), out);
    }
    if (isKnown(client)) {
      Fields.begin(Messages.ClientInfo.CLIENT_FIELD_NUMBER, UUID_CHARACTERS, out)
          .ascii(client.client().toString());
    }
    var connInfo = client.connInfo();
    if (connInfo != null) {
      Fields.put(Messages.ClientInfo.CONN_INFO_FIELD_NUMBER, connInfo, out);
    }
    var chanInfo = client.chanInfo();
    if (chanInfo != null) {
      Fields.put(Messages.ClientInfo.CHAN_INFO_FIELD_NUMBER, chanInfo, out);
    }
  }

  /// Puts who a connection is as a field.
  static void put(int field, ClientInfo client, FrameBuffer out) {
    put(client, Fields.begin(field, size(client), out));
  }

  /// What that takes.
  static int sizeOf(ClientInfo client) {
    return Fields.sizeOf(size(client));
  }

  private static boolean isKnown(ClientInfo client) {
    return !client.client().equals(PresenceEvent.UNKNOWN_CLIENT);
  }
}

package io.parley.wire.plain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.parley.channel.Channels;
import io.parley.channel.ClientInfo;
import io.parley.channel.Content;
import io.parley.channel.Publication;
import io.parley.encoding.FrameBuffer;
import io.parley.encoding.PublicationEncoder;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlainEncodersTest {
  private static final String NEWS = Channels.room("news");

  private static String encoded(
      PublicationEncoder encoder, String channel, Content content, String data, String user) {
    var out = new FrameBuffer(1);
    encoder.encode(channel, new Publication(content, data.getBytes(UTF_8),
        new ClientInfo(user, new UUID(0, 1))), out);
    return new String(out.array(), 0, out.length(), UTF_8);
  }

  private static String object(String channel, String data) {
    var bare = encoded(PlainEncoders.BARE, channel, Content.OBJECT, data, "alice");
    assertEquals(bare, encoded(PlainEncoders.JSON, channel, Content.OBJECT, data, "alice"));
    return bare;
  }

  @Test
  void bareTextArrivesAsItWasSent() {
    for (var text : new String[]{"Hello!", " \"x\" ", "名前 \ud83d\ude00", "\0", "[1]"}) {
      assertEquals(text, encoded(PlainEncoders.BARE, NEWS, Content.TEXT, text, "alice"));
    }
  }

  @Test
  void asJsonTextArrivesAsAnObject() {
    assertEquals("{\"text\":\"Hello!\",\"from\":\"alice\",\"room\":\"news\"}",
        encoded(PlainEncoders.JSON, NEWS, Content.TEXT, "Hello!", "alice"));
  }

  @Test
  void textIsEscapedAsJsonWantsIt() {
    assertEquals(
        "{\"text\":\"\\\"\\\\/\\n\\r\\t\\u0000\\u0008\\u001f\u007f\u2028é\ud83d\ude00\","
            + "\"from\":\"alice\",\"room\":\"news\"}",
        encoded(PlainEncoders.JSON, NEWS, Content.TEXT,
            "\"\\/\n\r\t\0\b\u001f\u007f\u2028é\ud83d\ude00", "alice"));
  }

  @Test
  void theServersMembersStandBehindTheClients() {
    assertEquals("{\"a\":1,\"from\":\"alice\",\"room\":\"news\"}", object(NEWS, "{\"a\":1}"));
    assertEquals("{\"a\":1 \n,\"from\":\"alice\",\"room\":\"news\"}", object(NEWS, "{\"a\":1 \n}"));
  }

  @Test
  void anEmptyObjectGetsNoComma() {
    assertEquals("{\"from\":\"alice\",\"room\":\"news\"}", object(NEWS, "{}"));
    assertEquals("{ \t\"from\":\"alice\",\"room\":\"news\"}", object(NEWS, "{ \t}"));
  }

  @Test
  void aDirectMessageHasNoRoom() {
    assertEquals("{\"to\":\"bob\",\"from\":\"alice\"}",
        object(Channels.inbox("bob"), "{\"to\":\"bob\"}"));
  }

  @Test
  void whatAnotherProtocolBringsIsAnObject() {
    for (var value : new String[]{"1", "null", "[{\"a\":1}]", "\"{\"", "{\"from\":\"bob\"}"}) {
      for (var encoder : List.of(PlainEncoders.BARE, PlainEncoders.JSON)) {
        assertEquals("{\"data\":" + value + ",\"from\":\"alice\",\"room\":\"news\"}",
            encoded(encoder, NEWS, Content.VALUE, value, "alice"));
        assertEquals("{\"base64\":\"aGk=\",\"from\":\"alice\",\"room\":\"news\"}",
            encoded(encoder, NEWS, Content.BYTES, "hi", "alice"));
      }
    }
  }

  @Test
  void theBackendHasNoName() {
    var inbox = Channels.inbox("bob");
    assertEquals("{ }", ofBackend(inbox, "{ }"));
    assertEquals("{\"a\":1}", ofBackend(inbox, "{\"a\":1}"));
    assertEquals("{\"room\":\"news\"}", ofBackend(NEWS, "{}"));
  }

  private static String ofBackend(String channel, String object) {
    var out = new FrameBuffer(1);
    PlainEncoders.BARE.encode(
        channel, new Publication(Content.OBJECT, object.getBytes(UTF_8), null), out);
    return new String(out.array(), 0, out.length(), UTF_8);
  }

  @Test
  void namesAreEscaped() {
    assertEquals("{\"text\":\"x\",\"from\":\"a\\\"b\\\\\",\"room\":\"q\\\"\"}", encoded(
        PlainEncoders.JSON, Channels.room("q\""), Content.TEXT, "x", "a\"b\\"));
  }
}

package io.parley.outside.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.parley.outside.Browser;
import io.parley.outside.TestNode;
import io.parley.outside.api.Backend;
import io.parley.outside.centrifuge.ProtobufClient;
import io.parley.outside.centrifuge.SdkClient;
import io.parley.wire.JsonGrammar;
import io.parley.wire.centrifuge.protobuf.Messages.Command;
import io.parley.wire.centrifuge.protobuf.Messages.HistoryRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random JSON, published by every way there is, is the same JSON for whoever reads it by any way:
/// live, from the history, or as what he missed.
@Timeout(120)
class PayloadsArriveTest {
  private static final int ROUNDS = 60;
  private static final String CHANNEL = "\"channel\":\"room:p\"";
  private static final JsonFactory JSON = new JsonFactory();

  /// What the server adds behind the members of a plain object.
  private static final Set<String> SERVERS = Set.of("from", "room", "offset", "epoch");

  private final Random random = new Random(81);
  private final JsonGrammar grammar = new JsonGrammar(random, true);
  private final TestNode node = TestNode.start("api.keys", "backend=" + Backend.KEY);
  private final Backend backend = Backend.of(node);

  /// What was published so far.
  private final List<Object> said = new ArrayList<>();

  @AfterEach
  void close() {
    node.close();
  }

  /// A member of an object; of two with the same name both are there.
  private record Member(String name, Object value) {}

  private static Object value(String json) {
    try (var parser = JSON.createParser(json)) {
      parser.nextToken();
      var value = value(parser);
      assertEquals(null, parser.nextToken(), json);
      return value;
    } catch (IOException bad) {
      throw new AssertionError(json, bad);
    }
  }

  /// Arrays as lists, objects as lists of members, and all else as what it is and its text.
  private static Object value(JsonParser parser) throws IOException {
    var token = parser.currentToken();
    var all = new ArrayList<Object>();
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        all.add(value(parser));
      }
      return all;
    }
    if (token == JsonToken.START_OBJECT) {
      all.add("an object");
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        var name = parser.currentName();
        parser.nextToken();
        all.add(new Member(name, value(parser)));
      }
      return all;
    }
    return token + " " + parser.getText();
  }

  /// What is at a path of members.
  private static Object at(Object value, String... path) {
    var found = value;
    for (var name : path) {
      found = member(assertInstanceOf(List.class, found), name);
    }
    return found;
  }

  private static Object member(List<?> object, String name) {
    for (var each : object) {
      if (each instanceof Member member && member.name().equals(name)) {
        return member.value();
      }
    }
    throw new AssertionError(name + " of " + object);
  }

  /// The data of each of these publications.
  private static List<Object> data(Object publications) {
    var all = new ArrayList<Object>();
    for (var each : assertInstanceOf(List.class, publications)) {
      all.add(at(each, "data"));
    }
    return all;
  }

  /// What a plain client, who gets all as objects, was shown.
  private static Object plain(Object message) {
    var members = new ArrayList<Object>();
    for (var each : assertInstanceOf(List.class, message)) {
      members.add(each);
    }
    while (members.getLast() instanceof Member last && SERVERS.contains(last.name())) {
      members.removeLast();
    }
    return members.size() == 2 && members.getLast() instanceof Member only
        && (only.name().equals("text") || only.name().equals("data"))
            ? only.value()
            : members;
  }

  private static String oneLine(String json) {
    return json.replace('\n', ' ').replace('\r', ' ').replace('\t', ' ');
  }

  private String some() {
    var json = grammar.value();
    said.add(value(json));
    return json;
  }

  private Object last() {
    return said.getLast();
  }

  @Test
  void whatGoesInComesOutEqualByEveryWay() {
    try (var bare = node.browser("user=ben&room=p&as=json");
        var sdk = SdkClient.connected(node.port(), "carol");
        var compact = ProtobufClient.connected(node.port(), "dave");
        var lines = StreamClient.of(node, "erin");
        var events = StreamClient.events(node, StreamClient.connect("fred")).connected()) {
      sdk.say("{\"id\":900,\"subscribe\":{" + CHANNEL + "}}");
      var start = at(value(sdk.wholeLine()), "subscribe", "epoch").toString().substring(13);
      compact.ask(ProtobufClient.subscribe("room:p"));
      lines.say(node, "{\"id\":2,\"subscribe\":{" + CHANNEL + "}}").hearsStart("{\"id\":2,\"sub");
      events.say(node, "{\"id\":2,\"subscribe\":{" + CHANNEL + "}}").hearsStart("{\"id\":2,\"sub");
      var readers = new Readers(bare, sdk, compact, lines, events);
      for (int i = 0; i < ROUNDS; i++) {
        var object = grammar.object(List.of()).strip();
        said.add(value(object));
        bare.say(object);
        readers.hear(last());
        sdk.ask("publish", "{" + CHANNEL + ",\"data\":" + some().replace('\n', ' ') + "}");
        readers.hear(last());
        compact.publishes("room:p", some().getBytes(UTF_8));
        readers.hear(last());
        lines.say(node, "{\"id\":" + (10 + i) + ",\"publish\":{" + CHANNEL + ",\"data\":"
            + oneLine(some()) + "}}");
        readers.hear(last());
        backend.result("publish", "{" + CHANNEL + ",\"data\":[" + some() + "]}");
        said.add(List.of(said.removeLast()));
        readers.hear(last());
      }
      isKept(sdk, compact, start);
    }
  }

  /// Those who are in the room. Immutable.
  private record Readers(Browser bare, SdkClient sdk, ProtobufClient compact, StreamClient lines,
      StreamClient events) {
    void hear(Object value) {
      assertEquals(value, plain(value(bare.nextWhole())), "plain");
      assertEquals(value, at(value(sdk.push()), "push", "pub", "data"), "JSON");
      assertEquals(value, value(new String(compact.hears("room:p"), UTF_8)), "Protobuf");
      assertEquals(value, at(value(pushed(lines)), "push", "pub", "data"), "http_stream");
      assertEquals(value, at(value(pushed(events)), "push", "pub", "data"), "SSE");
    }

    private static String pushed(StreamClient client) {
      var next = client.next();
      while (next.startsWith("{\"id\":")) {
        next = client.next();
      }
      return next;
    }
  }

  private void isKept(SdkClient sdk, ProtobufClient compact, String epoch) {
    assertEquals(said, data(at(value(
        backend.result("history", "{" + CHANNEL + ",\"limit\":-1}")), "publications")), "API");
    assertEquals(said, data(at(value(
        sdk.ask("history", "{" + CHANNEL + ",\"limit\":-1}")), "history", "publications")), "JSON");
    assertEquals(said, compact.ask(Command.newBuilder().setHistory(
        HistoryRequest.newBuilder().setChannel("room:p").setLimit(-1))).getHistory()
        .getPublicationsList().stream().map(each -> each.getData())
        .map(ByteString::toStringUtf8).map(PayloadsArriveTest::value).toList(), "Protobuf");
    var recover = "{" + CHANNEL + ",\"recover\":true,\"offset\":0,\"epoch\":\"" + epoch + "\"}";
    try (var late = SdkClient.connected(node.port(), "late");
        var stream = StreamClient.of(node, "later")) {
      assertEquals(said, data(at(value(
          late.ask("subscribe", recover)), "subscribe", "publications")), "missed");
      stream.say(node, "{\"id\":2,\"subscribe\":" + recover + "}");
      assertEquals(said, data(at(value(
          stream.hearsStart("{\"id\":2,\"sub")), "subscribe", "publications")), "missed stream");
    }
    try (var late = Browser.open(
        node.port(), "user=late&room=p&as=json&since=" + epoch + ":0")) {
      assertEquals("p", at(value(late.nextWhole()), "joined").toString().substring(13));
      for (var each : said) {
        assertEquals(each, plain(value(late.nextWhole())), "missed by a plain client");
      }
    }
  }
}

package io.parley.outside.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.parley.outside.Aftermath;
import io.parley.outside.RawClient;
import io.parley.outside.TestNode;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The page of this build, whatever is on it.
@Timeout(60)
class ServedPageTest {
  private static final TestNode NODE = TestNode.start();
  private static final Pattern LINKED = Pattern.compile("(?:src|href)=\"(/[^\"]+)\"");

  /// The files that the page names.
  private static List<String> linked = List.of();

  @BeforeAll
  static void readThePage() {
    var html = HttpReply.to(NODE, "GET /", "").text();
    linked = LINKED.matcher(html).results().map(found -> found.group(1)).toList();
    assertTrue(linked.stream().anyMatch(path -> path.matches("/assets/.+\\.js")), html);
    assertTrue(linked.stream().anyMatch(path -> path.matches("/assets/.+\\.css")), html);
  }

  @AfterAll
  static void stop() {
    NODE.close();
  }

  private static HttpReply get(String path, String headers) {
    return HttpReply.to(NODE, "GET " + path, headers);
  }

  private static String script() {
    return linked.stream().filter(path -> path.endsWith(".js")).findFirst().orElseThrow();
  }

  @Test
  void thePageIsRevalidatedEachTimeAndItsAssetsNever() {
    var page = get("/", "");
    assertEquals(200, page.status());
    assertEquals("text/html; charset=utf-8", page.header("content-type"));
    assertEquals("no-cache", page.header("cache-control"));
    for (var path : linked) {
      var file = get(path, "");
      assertEquals(200, file.status(), path);
      assertEquals(path.startsWith("/assets/")
          ? "public, max-age=31536000, immutable"
          : "no-cache", file.header("cache-control"), path);
      assertTrue(file.header("content-type").matches(
          "(text/(javascript|css)|image/svg\\+xml); charset=utf-8|application/manifest\\+json"
              + "|image/png"),
          file::head);
      assertEquals("nosniff", file.header("x-content-type-options"), path);
      assertEquals("no-referrer", file.header("referrer-policy"), path);
      assertEquals("", file.header("content-security-policy"), path);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "gzip", "identity"})
  void eachCodingIsServedAndIsTheSamePage(String coding) throws Exception {
    var plain = get(script(), "");
    var coded = get(script(), "Accept-Encoding: " + coding + "\r\n");
    assertEquals(coding.equals("identity") ? "" : coding, coded.header("content-encoding"));
    assertEquals("Accept-Encoding", coded.header("vary"));
    assertEquals(coded.body().length, Integer.parseInt(coded.header("content-length")));
    assertEquals(plain.header("content-type"), coded.header("content-type"));
    switch (coding) {
      case "gzip" -> assertArrayEquals(plain.body(), coded.unzipped());
      case "br" -> assertTrue(coded.body().length < plain.body().length / 2, coded::head);
      default -> assertArrayEquals(plain.body(), coded.body());
    }
  }

  @Test
  void weightsAreHonoured() {
    var header = "Accept-Encoding: br;q=0.1, gzip;q=0.9\r\nAccept-Encoding: identity;q=0\r\n";
    assertEquals("gzip", get("/", header).header("content-encoding"));
    assertEquals("", get("/", "Accept-Encoding: br;q=0, gzip;q=0\r\n").header("content-encoding"));
    assertEquals("br", get("/", "Accept-Encoding: gzip, deflate, br, zstd\r\n")
        .header("content-encoding"));
  }

  @Test
  void whoHasItIsToldSo() {
    try (var aftermath = Aftermath.of(NODE)) {
      var first = get("/", "Accept-Encoding: br\r\n");
      var tag = first.header("etag");
      assertTrue(tag.matches("\"[!-~]+\""), first::head);
      var again = get("/", "Accept-Encoding: br\r\nIf-None-Match: \"old\", " + tag + "\r\n");
      assertEquals(304, again.status());
      assertEquals(0, again.body().length);
      assertEquals(tag, again.header("etag"));
      assertEquals("no-cache", again.header("cache-control"));
      assertEquals(200, get("/", "If-None-Match: " + tag + "\r\n").status(), "another coding");
      aftermath.rises("parley_http_answers_total{status=\"304\"}", 1);
      aftermath.rises("parley_http_answers_total{status=\"200\"}", 2);
    }
  }

  @Test
  void theHeadIsTheOneOfTheBody() {
    for (var path : List.of("/", script())) {
      var whole = get(path, "Accept-Encoding: gzip\r\n");
      var head = HttpReply.to(NODE, "HEAD " + path, "Accept-Encoding: gzip\r\n");
      assertEquals(whole.head(), head.head());
      assertEquals(0, head.body().length);
    }
    assertEquals(404, HttpReply.to(NODE, "HEAD /nothing", "").status());
    assertEquals(0, HttpReply.to(NODE, "HEAD /nothing", "").body().length);
    assertEquals(405, HttpReply.to(NODE, "POST " + script(), "").status());
    assertEquals("GET, HEAD", HttpReply.to(NODE, "POST /", "").header("allow"));
  }

  @Test
  void thePolicyLetsInNothingButThePagesOwn() {
    var page = get("/", "");
    assertEquals("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        + " font-src 'self'; manifest-src 'self'; connect-src 'self'; base-uri 'none';"
        + " form-action 'none'; frame-ancestors 'none'", page.header("content-security-policy"));
    assertFalse(page.head().contains("unsafe-"), page::head);
    assertEquals("same-origin", page.header("cross-origin-opener-policy"));
    // What stands on the page itself would need more than that.
    assertFalse(
        page.text().matches("(?s).*(<style|<script(?![^>]* src=)|\\sstyle=|\\son[a-z]+=).*"),
        page::text);
  }

  @Test
  void whereItMayConnectIsASetting() {
    try (var node = TestNode.start("page.connect-src", "'self',wss://b.example,http:")) {
      var page = HttpReply.to(node, "GET /", "");
      assertTrue(page.header("content-security-policy")
          .contains("; connect-src 'self' wss://b.example http:; base-uri"), page::head);
      assertNotEquals(get("/", "").header("etag"), page.header("etag"),
          "who has the page with the old policy gets it again");
      var script = HttpReply.to(node, "GET " + script(), "");
      assertEquals(get(script(), "").header("etag"), script.header("etag"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/index.html.br", "/files.txt", "/assets", "/assets/",
      "/assets/../index.html", "/assets/%2e%2e/files.txt", "/assets/..%2ffiles.txt",
      "/../Page.class", "/Page.class", "/%2fassets", "//", "/assets//", "/favicon.svg/",
      "/favicon.svg.gz", "/FAVICON.SVG"})
  void onlyWhatIsInTheListIsThere(String path) {
    try (var aftermath = Aftermath.of(NODE)) {
      assertEquals(404, get(path, "").status());
      aftermath.rises("parley_http_answers_total{status=\"404\"}", 1);
    }
  }

  @Test
  void aQueryDoesNotMatter() {
    assertEquals(get("/", "").head(), get("/?room=news&debug", "").head());
    assertArrayEquals(get(script(), "").body(), get(script() + "?v=1", "").body());
  }

  @Test
  void withoutThePageThereIsTheWebSocketAlone() {
    try (var node = TestNode.start("page.enabled", "false"); var raw = node.raw("room=r")) {
      raw.say("hello").hears("hello");
      var answer = HttpReply.to(node, "GET /", "");
      assertEquals(404, answer.status());
      assertTrue(answer.text().contains("expected: a WebSocket"), answer::text);
      assertEquals(404, HttpReply.to(node, "GET " + script(), "").status());
      assertEquals(426, HttpReply.to(node, "GET /connection/websocket", "").status());
    }
  }

  @Test
  void aWebSocketAtTheSamePathIsNoPage() {
    try (var raw = RawClient.upgraded(NODE.port(), "/?user=alice&room=r")) {
      raw.roundTrip();
      raw.say("hello").hears("hello");
    }
    // And a file is no WebSocket.
    try (var raw = RawClient.connect(NODE.port())) {
      raw.send(RawClient.request(script()));
      assertTrue(raw.head().startsWith("HTTP/1.1 404 "));
    }
  }
}

package io.parley.page;

import io.parley.config.Settings.PageSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The page that a browser gets at `/`, and the files that belong to it. All of them are read once,
/// at the start, and found by their whole path: what isn't among them isn't there, however a client
/// spells it.
///
/// Immutable.
public final class Page {
  private static final String ROOT = "/";
  private static final String INDEX = "index.html";

  /// What the build has put beside the files: their names, one on a line.
  private static final String LIST = "files.txt";

  /// There the names have their contents' hash in them, so they never change.
  private static final String HASHED = "assets/";

  private static final String FOR_EVER = "public, max-age=31536000, immutable";

  private static final Map<String, String> TYPES = Map.ofEntries(
      Map.entry("css", "text/css; charset=utf-8"),
      Map.entry("html", "text/html; charset=utf-8"),
      Map.entry("ico", "image/x-icon"),
      Map.entry("js", "text/javascript; charset=utf-8"),
      Map.entry("json", "application/json"),
      Map.entry("png", "image/png"),
      Map.entry("svg", "image/svg+xml; charset=utf-8"),
      Map.entry("txt", "text/plain; charset=utf-8"),
      Map.entry("webmanifest", "application/manifest+json"),
      Map.entry("webp", "image/webp"),
      Map.entry("woff2", "font/woff2"));

  /// Where the files of a page are.
  @FunctionalInterface
  public interface Files {
    byte @Nullable [] named(String name);
  }

  /// By the path in the URL.
  private final Map<String, Asset> assets;

  private Page(Map<String, Asset> assets) {
    this.assets = Map.copyOf(assets);
  }

  /// The page of this build.
  ///
  /// @throws IllegalStateException if it isn't there
  public static Page open(PageSettings settings) {
    return of(Page::fileOrNull, settings);
  }

  /// A page of other files.
  ///
  /// @param files by their names, null for those that there aren't; the list is among them
  public static Page of(Files files, PageSettings settings) {
    var assets = new HashMap<String, Asset>();
    if (settings.enabled()) {
      for (var name : new String(file(files, LIST), StandardCharsets.UTF_8).lines().toList()) {
        assets.put(ROOT + (name.equals(INDEX) ? "" : name),
            new Asset(forms(files, name), headers(name, settings.connectSrc())));
      }
      if (!assets.containsKey(ROOT)) {
        throw new IllegalStateException(LIST + ": no " + INDEX + " (expected: it is in the list)");
      }
    }
    return new Page(assets);
  }

  private static Map<Coding, byte[]> forms(Files files, String name) {
    var forms = new EnumMap<Coding, byte[]>(Coding.class);
    forms.put(Coding.IDENTITY, file(files, name));
    for (var coding : Coding.values()) {
      var bytes = files.named(name + coding.ending);
      if (bytes != null) {
        forms.put(coding, bytes);
      }
    }
    return forms;
  }

  private static byte[] file(Files files, String name) {
    var bytes = files.named(name);
    if (bytes == null) {
      throw new IllegalStateException("the page's " + name
          + ": not there (expected: on the class path, as the module web builds it)");
    }
    return bytes;
  }

  private static byte @Nullable [] fileOrNull(String name) {
    try (var in = Page.class.getResourceAsStream(name)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> headers(String name, List<String> connectSources) {
    var headers = new TreeMap<String, String>();
    headers.put("Content-Type", TYPES.getOrDefault(
        name.substring(name.lastIndexOf('.') + 1), "application/octet-stream"));
    headers.put("Cache-Control", name.startsWith(HASHED) ? FOR_EVER : "no-cache");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    if (name.endsWith(".html")) {
      headers.put("Content-Security-Policy", policy(connectSources));
      headers.put("Cross-Origin-Opener-Policy", "same-origin");
    }
    return headers;
  }

  /// What the page may load, and where it may connect: so that a message that somebody has made to
  /// be taken for markup does nothing, even if the page were to take it for that.
  private static String policy(List<String> connectSources) {
    return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        + " font-src 'self'; manifest-src 'self'; connect-src " + String.join(" ", connectSources)
        + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }

  /// The answer to a request for the page, or for a file of it; null: nothing is there.
  ///
  /// @param path as the client has spelt it
  /// @param accepted its headers `Accept-Encoding`
  /// @param known its headers `If-None-Match`
  public @Nullable Answer answer(String path, List<String> accepted, List<String> known) {
    var asset = assets.get(path);
    return asset == null ? null : asset.answer(accepted, known);
  }
}

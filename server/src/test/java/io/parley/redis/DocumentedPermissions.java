package io.parley.redis;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// What `docs/redis.md` says a node's user needs.
public final class DocumentedPermissions {
  private static final Path PAGE = Path.of("../docs/redis.md");
  private static final Pattern PERMISSIONS = Pattern
      .compile("user needs `([^`]+)` on keys `([^`]+)` and channels `([^`]+)`");

  private DocumentedPermissions() {}

  /// Makes a user who may do that and no more; his password is `pass`.
  public static void grant(RedisServer redis, String user) throws IOException {
    var permissions = PERMISSIONS.matcher(Files.readString(PAGE));
    assertTrue(permissions.find(), PAGE + ": no permissions");
    redis.acl(user, "on", ">pass", "~" + permissions.group(2), "&" + permissions.group(3));
    redis.acl(user, permissions.group(1).split(" ", -1));
  }
}

package io.parley.auth.token;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/// Reads the public keys of PEM files (RFC 7468), as `openssl pkey -pubout` writes them.
final class PublicKeyFiles {
  private static final Pattern BLOCK = Pattern.compile(
      "-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \\1-----");
  private static final String LABEL = "PUBLIC KEY";
  private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");

  private PublicKeyFiles() {}

  /// @throws IOException if a file has anything else than public keys; names the setting, the file
  ///   and what is wrong, and shows nothing of its content
  static List<VerificationKey> read(List<Path> files) throws IOException {
    var keys = new ArrayList<VerificationKey>();
    for (var file : files) {
      try {
        keys.addAll(keys(Files.readString(file, StandardCharsets.ISO_8859_1)));
      } catch (NoSuchFileException e) {
        throw new IOException("token.public-keys: " + file + ": no such file");
      } catch (IllegalArgumentException e) {
        throw new IOException("token.public-keys: " + file + ": " + e.getMessage());
      } catch (IOException e) {
        throw new IOException("token.public-keys: " + file + ": cannot be read: " + e.getMessage());
      }
    }
    return keys;
  }

  private static List<VerificationKey> keys(String text) {
    var keys = new ArrayList<VerificationKey>();
    var blocks = BLOCK.matcher(text);
    while (blocks.find()) {
      var label = blocks.group(1);
      if (!label.equals(LABEL)) {
        throw new IllegalArgumentException(label + " (expected: " + LABEL
            + ", as `openssl pkey -pubout` makes it of a private one)");
      }
      keys.add(VerificationKey.ofPublicKey(null, decoded(blocks.group(2))));
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "no key (expected: PEM, BEGIN " + LABEL + ")");
    }
    return keys;
  }

  private static PublicKey decoded(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("a key that is cut off (expected: Base64)");
    }
    for (var kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(bytes));
      } catch (GeneralSecurityException another) {
        // Perhaps the next kind.
      }
    }
    throw new IllegalArgumentException(
        "a key of another kind (expected: RSA, P-256, P-384, P-521 or Ed25519)");
  }
}

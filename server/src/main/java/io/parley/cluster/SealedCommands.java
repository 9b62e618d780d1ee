package io.parley.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What a client says, on its way through Redis to the node that has its stream. There may be
/// tokens in it, and whoever knows the stream's secret can speak for the client; so neither can be
/// read there, not even in Redis' slow log. The two nodes know the secret, so the commands are
/// sealed by a key made of it (AES-128-GCM), and the stream is named by its hash. Immutable.
///
/// @param stream what [#nameOf] says of the secret
/// @param sealed a nonce and what was sealed
public record SealedCommands(String stream, byte[] sealed) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 16;

  /// What others may know a stream by: from this its secret can't be told.
  public static String nameOf(String secret) {
    return HexFormat.of().formatHex(hash("name of ", secret));
  }

  public static SealedCommands seal(String secret, byte[] commands) {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      var cipher = cipher(Cipher.ENCRYPT_MODE, secret, nonce);
      var sealed = Arrays.copyOf(nonce, NONCE_BYTES + cipher.getOutputSize(commands.length));
      cipher.doFinal(commands, 0, commands.length, sealed, NONCE_BYTES);
      return new SealedCommands(nameOf(secret), sealed);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-GCM", impossible);
    }
  }

  /// What was sealed.
  ///
  /// @throws GeneralSecurityException if it wasn't sealed by this secret
  public byte[] open(String secret) throws GeneralSecurityException {
    if (sealed.length < NONCE_BYTES) {
      throw new GeneralSecurityException(
          "sealed: " + sealed.length + " bytes (expected: at least " + NONCE_BYTES + ")");
    }
    return cipher(Cipher.DECRYPT_MODE, secret, Arrays.copyOf(sealed, NONCE_BYTES))
        .doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES);
  }

  private static Cipher cipher(int mode, String secret, byte[] nonce)
      throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    var key = new SecretKeySpec(hash("key of ", secret), 0, KEY_BYTES, "AES");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private static byte[] hash(String purpose, String secret) {
    try {
      return MessageDigest.getInstance("SHA-256")
          .digest((purpose + secret).getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("SHA-256", impossible);
    }
  }
}

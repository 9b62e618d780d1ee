package io.parley.tls;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The two files that key and certificates are in, and what was seen in them last.
///
/// Whether they have changed is asked of their content, which is small: links that are turned to
/// other files, times that are kept or go backwards, file systems that tell nobody, are all the
/// same to it.
///
/// Confined to whichever thread asks, one at a time.
public final class CredentialFiles {
  private static final int FILE_BYTES_MAX = 1 << 20;

  private final Path certificate;
  private final Path key;

  /// Of both files as they were last seen; null before the first time.
  private byte @Nullable [] seen;

  /// Whether the last look couldn't read them.
  private boolean isUnreadable;

  public CredentialFiles(Path certificate, Path key) {
    this.certificate = certificate;
    this.key = key;
  }

  /// Looks for something new.
  ///
  /// @return null if it is all as it was
  /// @throws IOException if what is new can't be used; names the file and the reason. Thrown once,
  /// not each time that somebody looks
  public @Nullable Credentials next() throws IOException {
    byte[] certificates;
    byte[] keys;
    try {
      certificates = read("tls.certificate", certificate);
      keys = read("tls.key", key);
    } catch (IOException e) {
      if (isUnreadable) {
        return null;
      }
      isUnreadable = true;
      throw e;
    }
    isUnreadable = false;
    var now = digest(certificates, keys);
    if (Arrays.equals(now, seen)) {
      return null;
    }
    seen = now;
    return Credentials.of(certificate, certificates, key, keys);
  }

  private static byte[] read(String setting, Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      var content = in.readNBytes(FILE_BYTES_MAX + 1);
      if (content.length > FILE_BYTES_MAX) {
        throw new IOException("too big (expected: at most 1 MiB)");
      }
      return content;
    } catch (NoSuchFileException e) {
      throw new IOException(setting + ": " + file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(setting + ": " + file + ": may not be read", e);
    } catch (IOException e) {
      throw new IOException(setting + ": " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] digest(byte[] certificates, byte[] keys) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      var first = sha256.digest(certificates);
      sha256.update(first);
      return sha256.digest(keys);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JDK has SHA-256", impossible);
    }
  }
}

package io.turnwise.app.models;

import java.nio.file.Path;

/**
 * A file that is to be downloaded.
 *
 * @param name what it is called in messages
 * @param address where it is
 * @param target where it is put
 * @param sha256 the digest it must have, 64 lower-case hexadecimal digits
 * @param bytes the size it must have; 0 where it is not known
 */
record Wanted(String name, Address address, Path target, String sha256, long bytes) {
  Wanted {
    if (!Digest.isDigest(sha256)) {
      throw new IllegalArgumentException(
          "sha256: " + sha256 + " is not 64 lower-case hexadecimal digits");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " is negative");
    }
  }

  /** What to do where the network does not do it. */
  String byHand() {
    return "download it elsewhere and put it there as " + target + " (sha256 " + sha256 + ")";
  }
}

package io.turnwise.topology.track;

import io.turnwise.topology.Names;
import io.turnwise.topology.UnreadableState;
import java.nio.ByteBuffer;

/** Checks shared by the serialised forms. */
final class Serial {
  private Serial() {}

  static void requireVersion(String what, int expected, int found) {
    if (found != expected) {
      throw UnreadableState.ofVersion(Names.TRACK_VOICES, "a " + what, expected, found);
    }
  }

  static void requireEnd(String what, ByteBuffer in) {
    require(!in.hasRemaining(), what, "bytes after its end");
  }

  static void require(boolean holds, String what, String fault) {
    if (!holds) {
      throw UnreadableState.damaged(Names.TRACK_VOICES, "a " + what, fault);
    }
  }

  /** Whether a vector has a direction. */
  static boolean hasDirection(byte[] vector) {
    for (byte value : vector) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }
}

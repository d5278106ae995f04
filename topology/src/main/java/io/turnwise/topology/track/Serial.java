package io.turnwise.topology.track;

/** Checks shared by the serialised forms. */
final class Serial {
  private Serial() {}

  static void requireVersion(String what, int expected, int found) {
    if (found != expected) {
      throw new IllegalStateException(
          "stored "
              + what
              + " has version "
              + found
              + ", this build reads "
              + expected
              + ": reset the application's state");
    }
  }
}

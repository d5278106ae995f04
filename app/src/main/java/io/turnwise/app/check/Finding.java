package io.turnwise.app.check;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param subject what was looked at, in a word or two
 * @param state whether it will do
 * @param detail what was found: one line, which says what to do where it will not do
 */
record Finding(String subject, State state, String detail) {
  /** Whether something will do. */
  enum State {
    OK,
    /** It works, but not as one might expect. */
    NOTE,
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  Finding {
    detail = detail.strip().replaceAll("\\s*\\R\\s*", " ");
  }

  static Finding ok(String subject, String detail) {
    return new Finding(subject, State.OK, detail);
  }

  static Finding failed(String subject, String detail) {
    return new Finding(subject, State.FAILED, detail);
  }
}

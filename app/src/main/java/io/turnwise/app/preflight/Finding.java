package io.turnwise.app.preflight;

import java.util.Locale;

/**
 * One thing that was looked at.
 *
 * @param subject what was looked at, in a word or a few: {@code topic audio-chunks}
 * @param state whether it will do
 * @param detail what was found, one line
 * @param remedy what to do about it, one line; empty where there is nothing to do
 */
public record Finding(String subject, State state, String detail, String remedy) {
  /** Whether something will do. */
  public enum State {
    OK,
    /** It works, but not as one might expect. */
    NOTE,
    /** It works now; it will not always, or not as it should. */
    WARNING,
    FAILED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    detail = oneLine(detail);
    remedy = oneLine(remedy);
  }

  public static Finding ok(String subject, String detail) {
    return new Finding(subject, State.OK, detail, "");
  }

  public static Finding note(String subject, String detail, String remedy) {
    return new Finding(subject, State.NOTE, detail, remedy);
  }

  public static Finding warning(String subject, String detail, String remedy) {
    return new Finding(subject, State.WARNING, detail, remedy);
  }

  public static Finding failed(String subject, String detail) {
    return new Finding(subject, State.FAILED, detail, "");
  }

  public static Finding failed(String subject, String detail, String remedy) {
    return new Finding(subject, State.FAILED, detail, remedy);
  }

  /** What was found and what to do, as one sentence. */
  public String sentence() {
    return remedy.isEmpty() ? detail : detail + "; " + remedy;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}

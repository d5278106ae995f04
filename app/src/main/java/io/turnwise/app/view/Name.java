package io.turnwise.app.view;

/** Ids of calls and speakers as a terminal may be given them. */
final class Name {
  /** Who speaks where nobody may be named. */
  static final String NOBODY = "unknown";

  private static final int REPLACEMENT = '?';

  private Name() {}

  /** A speaker's, {@link #NOBODY} for null. */
  static String of(String speaker) {
    return speaker == null ? NOBODY : printable(speaker);
  }

  /**
   * The text with a question mark for each character that moves the cursor, changes colours or
   * turns the direction of writing: ids come from whoever writes to the topics.
   */
  static String printable(String text) {
    return text.codePoints()
        .map(character -> isHarmless(character) ? character : REPLACEMENT)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isHarmless(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          false;
      default -> true;
    };
  }
}

package io.turnwise.app.fuzz;

/**
 * What became of one input.
 *
 * @param reason {@code taken}, or why it was refused: few different ones
 * @param shape what else tells inputs apart that go different ways through the code: where it was
 *     refused, or the size and form of what was read, roughly
 */
record Outcome(String reason, long shape) {
  private static final int FRAMES = 3;

  static Outcome taken(long shape) {
    return new Outcome("taken", shape);
  }

  /** Refused as it should be, with an exception that the code's contract names. */
  static Outcome refused(Throwable refusal) {
    Throwable root = refusal;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    long place = root.getClass().getName().hashCode();
    // Of those that it throws itself the JVM leaves the stack out, sooner or later.
    boolean ofTheJvm =
        root instanceof IndexOutOfBoundsException
            || root instanceof NullPointerException
            || root instanceof ArithmeticException
            || root instanceof ClassCastException;
    StackTraceElement[] stack = ofTheJvm ? new StackTraceElement[0] : root.getStackTrace();
    for (int i = 0; i < Math.min(FRAMES, stack.length); i++) {
      place = 31 * place + stack[i].hashCode();
    }
    return new Outcome(refusal.getClass().getSimpleName(), place);
  }
}
